/** What the executor asks of an adapter, in Node and in browsers alike: what it is called, and a device with all its room. */

export interface AdapterDescription {
  /** For people, as the driver spells it. */
  readonly name: string;
  /** Whether it is computed on the processor. */
  readonly isSoftware: boolean;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software/i;

export function describeAdapter({ info }: Pick<GPUAdapter, "info">): AdapterDescription {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const name = description || device || [vendor, architecture].filter(Boolean).join(" ") || "unnamed adapter";
  return { name, isSoftware: SOFTWARE.test(name) || isFallbackAdapter };
}

/** What an adapter may give beyond the least that all have. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

const FEATURES = ["timestamp-query", "subgroups"] as const;

/** @returns what `adapter.requestDevice` is to be asked for. */
export function deviceOf(adapter: Pick<GPUAdapter, "limits" | "features">): GPUDeviceDescriptor {
  return {
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
    requiredFeatures: FEATURES.filter((one) => adapter.features.has(one)) as readonly string[] as GPUFeatureName[],
  };
}
