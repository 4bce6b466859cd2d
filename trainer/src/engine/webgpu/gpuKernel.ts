/** What stands between an operation and the graphics card: a shader, what it is bound to, and how many groups run it. */
import type { Slot } from "../operations/slot.ts";

/** One dispatch. An operation is one of these or a few in a row; each sees all that those before it wrote. */
export interface GpuKernel {
  /** For error messages and timings, for example `matmul 64×128×784`. */
  readonly label: string;
  /**
   * WGSL whose entry point is `main`, shapes written in as constants. Group 0 holds `bindings` in their order, then those
   * of `extras` in theirs. Equal sources share one pipeline.
   */
  readonly code: string;
  /** Each slot once, as read-write storage: one range must not be bound twice where it is written. */
  readonly bindings: readonly Slot[];
  readonly extras: readonly Extra[];
  /** Space that lives for this operation only, such as the partial sums of a split product. Unit: binary32 elements. */
  readonly scratch: number;
  readonly workgroups: readonly [x: number, y: number, z: number];
}

/** What kernels share: space to work in, what changes from step to step, losses by step, and whether numbers are finite. */
export type Extra = "scratch" | "context" | "losses" | "status";

/** So many losses are kept on the card before they must have been read. */
export const LOSS_RING = 1_024;

/** Random streams that a program may have: one for each dropout. */
export const MAX_STREAMS = 64;

/** Unit: bytes. Layout of the step's uniform: eight words, then four a stream. */
export const CONTEXT_BYTES = 32 + 16 * MAX_STREAMS;

const EXTRA_TEXT: Readonly<Record<Extra, string>> = {
  scratch: "var<storage, read_write> scratch: array<f32>;",
  context: `var<uniform> context: Context;
struct Context {
  step: u32, isTraining: u32, rate: f32, first: f32, second: f32, a: u32, b: u32, c: u32,
  streams: array<vec4u, ${MAX_STREAMS}>,
}`,
  losses: "var<storage, read_write> losses: array<f32>;",
  status: `var<storage, read_write> failed: atomic<u32>;
fn check(x: f32, operation: u32) {
  // By its bits: a compiler may take for granted that there is neither infinity nor NaN.
  if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) { atomicMin(&failed, operation); }
}`,
};

/** A kernel before its text is put together. */
export interface KernelParts<Names extends string> {
  readonly label: string;
  /** Two names may be of one slot, where an operation works in place. */
  readonly slots: Readonly<Record<Names, Slot>>;
  /** Names whose slots are read as `array<vec4f>`. */
  readonly vectors?: readonly Names[];
  readonly extras?: readonly Extra[];
  readonly scratch?: number;
  readonly workgroups: readonly [number, number, number];
  /** Everything but the bindings, given how each name is spelled. */
  readonly text: (names: Readonly<Record<Names, string>>) => string;
}

/** @returns the kernel, its bindings declared. */
export function kernel<Names extends string>(parts: KernelParts<Names>): GpuKernel {
  const { label, slots, vectors = [], extras = [], scratch = 0, workgroups, text } = parts;
  const bindings: Slot[] = [];
  const names = {} as Record<Names, string>;
  const spelled = new Map<Slot, string>();
  const lines: string[] = [];
  for (const [name, slot] of Object.entries(slots) as [Names, Slot][]) {
    const known = spelled.get(slot);
    names[name] = known ?? `s_${name}`;
    if (known !== undefined) continue;
    spelled.set(slot, names[name]);
    const type = vectors.includes(name) ? "vec4f" : "f32";
    lines.push(`@group(0) @binding(${bindings.length}) var<storage, read_write> ${names[name]}: array<${type}>;`);
    bindings.push(slot);
  }
  extras.forEach((extra, i) => void lines.push(`@group(0) @binding(${bindings.length + i}) ${EXTRA_TEXT[extra]}`));
  return { label, code: `${lines.join("\n")}\n${text(names)}`, bindings, extras, scratch, workgroups };
}

/** Most groups of one dimension that every adapter runs. */
export const MAX_GROUPS = 65_535;
const LINE_SIZE = 256;
/** Past so many groups a thread does several elements. */
const LINE_GROUPS = 8_192;

/** A kernel over independent elements: `body` computes element `i`. */
export function elementwise<Names extends string>(
  parts: Omit<KernelParts<Names>, "text" | "workgroups"> & {
    readonly length: number;
    /** Before `main`. */
    readonly functions?: string;
    readonly body: (names: Readonly<Record<Names, string>>) => string;
  },
): GpuKernel {
  const { length, body, functions = "" } = parts;
  const groups = Math.min(LINE_GROUPS, Math.ceil(length / LINE_SIZE));
  return kernel({
    ...parts,
    workgroups: [groups, 1, 1],
    text: (names) => `${functions}
@compute @workgroup_size(${LINE_SIZE})
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = id.x; i < ${length}u; i += ${groups * LINE_SIZE}u) {
${body(names)}
  }
}`,
  });
}

/** Threads of a group that shares a row of so many numbers. */
export function rowSize(columns: number): number {
  return columns <= 64 ? 32 : columns <= 512 ? 64 : 256;
}

/** Groups, one a row, in two dimensions where one has too few; the text of the row's number and the guard. */
export function rowGroups(rows: number): { readonly workgroups: [number, number, number]; readonly row: string } {
  const x = Math.min(rows, MAX_GROUPS);
  const y = Math.ceil(rows / x);
  const row =
    y === 1 ? "let row = group.x;" : `let row = group.y * ${x}u + group.x;\n  if (row >= ${rows}u) { return; }`;
  return { workgroups: [x, y, 1], row };
}

/** A function `name(value) -> f32` that joins one value of each of `size` threads, and leaves the group in step. */
export function reduction(name: string, size: number, join: "sum" | "max"): string {
  const joined = join === "sum" ? "a + b" : "max(a, b)";
  return `var<workgroup> ${name}Shared: array<f32, ${size}>;
fn ${name}(value: f32, thread: u32) -> f32 {
  workgroupBarrier();
  ${name}Shared[thread] = value;
  for (var span = ${size / 2}u; span > 0u; span /= 2u) {
    workgroupBarrier();
    if (thread < span) { let a = ${name}Shared[thread]; let b = ${name}Shared[thread + span]; ${name}Shared[thread] = ${joined}; }
  }
  workgroupBarrier();
  return ${name}Shared[0];
}`;
}

/** A binary32 number as WGSL spells it. */
export function float(x: number): string {
  const text = Math.fround(x).toPrecision(9);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}
