/**
 * Finds graphics cards in Node: through the optional package `webgpu` (Dawn), which is 132 MB and so no dependency.
 *
 * `npm run setup -- --gpu` installs it in `trainer/gpu`; an operator's own installation is found as well.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { type AdapterDescription, describeAdapter, deviceOf } from "../engine/webgpu/gpuDevice.ts";
import { ComputeError } from "./computeError.ts";

/** Where the package is looked for, in this order. */
const PLACES = [new URL("../../gpu/", import.meta.url), new URL("../../../", import.meta.url)];

export interface GpuAdapter extends AdapterDescription {
  readonly index: number;
  readonly adapter: GPUAdapter;
}

interface DawnModule {
  create(options: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Unit: milliseconds. What asking a driver may take. */
const DEADLINE_MS = 20_000;

let loaded: Promise<GPU | undefined> | undefined;

/** @returns `undefined` where the package is not installed. */
function loadGpu(): Promise<GPU | undefined> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<GPU | undefined> {
  const own = (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu;
  if (own !== undefined) return own;
  for (const place of PLACES) {
    let path: string;
    try {
      path = createRequire(place).resolve("webgpu");
    } catch {
      continue; // not installed there
    }
    const { create, globals } = (await import(pathToFileURL(path).href)) as DawnModule;
    Object.assign(globalThis, globals);
    return create([]);
  }
  return undefined;
}

/**
 * @returns all adapters, fast ones first; none where there is no driver.
 * @throws {ComputeError} `COMPUTE_GPU_UNAVAILABLE` when the package is not installed
 */
export async function listAdapters(): Promise<readonly GpuAdapter[]> {
  const gpu = await loadGpu();
  if (gpu === undefined) throw unavailable("the package webgpu is not installed: npm run setup -- --gpu");
  const found: GpuAdapter[] = [];
  for (const powerPreference of ["high-performance", "low-power"] as const) {
    const adapter = await inTime(gpu.requestAdapter({ powerPreference }));
    if (adapter === null) continue;
    const description = describeAdapter(adapter);
    if (found.some(({ name }) => name === description.name)) continue;
    found.push({ index: found.length, ...description, adapter });
  }
  return found;
}

/**
 * @param wanted an adapter's number, or part of its name; absent: the first.
 * @returns an open device with all the room that the adapter gives; the caller destroys it.
 * @throws {ComputeError} `COMPUTE_GPU_UNAVAILABLE`
 */
export async function openDevice(
  wanted?: string,
): Promise<{ readonly device: GPUDevice; readonly adapter: GpuAdapter }> {
  const adapters = await listAdapters();
  const adapter = wanted === undefined ? adapters[0] : pick(adapters, wanted);
  if (adapter === undefined) {
    const names = adapters.map(({ index, name }) => `${index}: ${name}`).join("; ");
    throw unavailable(
      adapters.length === 0 ? "no driver offers an adapter" : `there is no adapter ${wanted}; there are ${names}`,
    );
  }
  const device = await inTime(adapter.adapter.requestDevice(deviceOf(adapter.adapter)));
  return { device, adapter };
}

function pick(adapters: readonly GpuAdapter[], wanted: string): GpuAdapter | undefined {
  if (/^\d+$/.test(wanted)) return adapters[Number(wanted)];
  return adapters.find(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
}

/** A driver that hangs must not hang the node. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(`the driver did not answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    if (cause instanceof ComputeError) throw cause;
    throw unavailable(cause instanceof Error ? cause.message : String(cause), cause);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(problem: string, cause?: unknown): ComputeError {
  return new ComputeError({ code: "COMPUTE_GPU_UNAVAILABLE", problem }, `no graphics card can be used: ${problem}`, {
    cause,
  });
}
