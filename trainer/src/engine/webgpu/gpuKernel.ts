/** What stands between an operation and the graphics card: a shader, what it is bound to, and how many groups run it. Data only. */
import type { Slot } from "../operations/slot.ts";

/** One dispatch. An operation is one of these or a few in a row; each sees all that those before it wrote. */
export interface GpuKernel {
  /** For error messages and timings, for example `matmul 64×128×784`. */
  readonly label: string;
  /**
   * WGSL whose entry point is `main`, shapes written in as constants. Group 0 holds, in this order: every slot of
   * `bindings` as `var<storage, read_write>` (`array<f32>` or, where its length divides by 4, `array<vec4f>`); the scratch
   * space, where `scratch` > 0, as `array<f32>`; and {@link STEP_STRUCT} as `var<uniform>`, where `usesStep`.
   *
   * Equal sources share one pipeline.
   */
  readonly code: string;
  /** Each slot once: one buffer range must not be bound twice where it is written. */
  readonly bindings: readonly Slot[];
  /** Space that lives for this operation only, for example the partial sums of a split product. Unit: binary32 elements. */
  readonly scratch: number;
  readonly usesStep: boolean;
  readonly workgroups: readonly [x: number, y: number, z: number];
}

/** What an adapter allows, as far as kernels depend on it. */
export interface GpuTraits {
  readonly maxWorkgroupStorage: number;
  readonly maxInvocations: number;
  readonly hasSubgroups: boolean;
  readonly hasF16: boolean;
}

/** What changes from step to step; `streams` of the step context lie in a storage buffer of their own where dropout needs them. */
export const STEP_STRUCT = `struct Step {
  step: u32, isTraining: u32, rate: f32, firstCorrection: f32, secondCorrection: f32, operation: u32,
}`;
