/**
 * Kernels of `operations/elementwise.ts`, of bias and of column sums.
 *
 * Longer than usual: a list of small kernels, one an operation.
 */
import { NORMAL_COEFFICIENTS } from "../arithmetic.ts";
import { dropoutScale, dropoutThreshold } from "../encodeProgram.ts";
import type { AddBias, ColumnSums } from "../operations/dense.ts";
import type {
  Add,
  Copy,
  Dropout,
  DropoutBackward,
  Gelu,
  GeluBackward,
  Relu,
  ReluBackward,
  Softmax,
  SoftmaxBackward,
  Tanh,
  TanhBackward,
} from "../operations/elementwise.ts";
import type { Slot } from "../operations/slot.ts";
import { elementwise, float, type GpuKernel, kernel, reduction, rowGroups, rowSize } from "./gpuKernel.ts";

/** NaN stays NaN, so that the loss shows it. */
export const RECTIFY = "fn rectify(x: f32) -> f32 { return select(x, 0.0, x <= 0.0); }";

export function relu({ input, output }: Relu): GpuKernel[] {
  return [
    elementwise({
      label: "relu",
      slots: { input, output },
      length: output.length,
      functions: RECTIFY,
      body: (n) => `${n.output}[i] = rectify(${n.input}[i]);`,
    }),
  ];
}

export function reluBackward({ output, gradient }: ReluBackward): GpuKernel[] {
  return [
    elementwise({
      label: "reluBackward",
      slots: { output, gradient },
      length: gradient.length,
      body: (n) => `if (!(${n.output}[i] > 0.0)) { ${n.gradient}[i] = 0.0; }`,
    }),
  ];
}

/** Φ(x) and φ(x), by the polynomial of the canonical functions. */
function normalText(): string {
  const [first, ...rest] = NORMAL_COEFFICIENTS;
  const polynomial = rest.reduce((sum, coefficient) => `fma(${sum}, t, ${float(coefficient)})`, float(first!));
  return `fn normal(x: f32) -> vec2f {
  let z = abs(x) * ${float(Math.SQRT1_2)};
  let e = exp(-min(z * z, 100.0));
  let t = 1.0 / fma(0.3275911f, z, 1.0);
  let q = 0.5 * ${polynomial} * t * e;
  return vec2f(select(q, 1.0 - q, x >= 0.0), 0.3989422804f * e);
}`;
}

export function gelu({ input, output }: Gelu): GpuKernel[] {
  return [
    elementwise({
      label: "gelu",
      slots: { input, output },
      length: output.length,
      functions: normalText(),
      body: (n) => `let x = ${n.input}[i]; ${n.output}[i] = x * normal(x).x;`,
    }),
  ];
}

export function geluBackward({ input, gradient }: GeluBackward): GpuKernel[] {
  return [
    elementwise({
      label: "geluBackward",
      slots: { input, gradient },
      length: gradient.length,
      functions: normalText(),
      body: (n) => `let x = ${n.input}[i]; let p = normal(x); ${n.gradient}[i] *= fma(x, p.y, p.x);`,
    }),
  ];
}

/** Drivers' own may overflow inside. */
const TANH = `fn hyperbolic(x: f32) -> f32 {
  let t = 1.0 - 2.0 / (exp(2.0 * min(abs(x), 20.0)) + 1.0);
  let small = x * (1.0 - x * x * (1.0 / 3.0 - x * x * (2.0 / 15.0)));
  return select(select(t, -t, x < 0.0), small, abs(x) < 0.05);
}`;

export function tanh({ input, output }: Tanh): GpuKernel[] {
  return [
    elementwise({
      label: "tanh",
      slots: { input, output },
      length: output.length,
      functions: TANH,
      body: (n) => `${n.output}[i] = hyperbolic(${n.input}[i]);`,
    }),
  ];
}

export function tanhBackward({ output, gradient }: TanhBackward): GpuKernel[] {
  return [
    elementwise({
      label: "tanhBackward",
      slots: { output, gradient },
      length: gradient.length,
      body: (n) => `let y = ${n.output}[i]; ${n.gradient}[i] *= 1.0 - y * y;`,
    }),
  ];
}

export function softmax({ rows, columns, input, output }: Softmax): GpuKernel[] {
  const size = rowSize(columns);
  const { workgroups, row } = rowGroups(rows);
  return [
    kernel({
      label: `softmax ${rows}×${columns}`,
      slots: { input, output },
      workgroups,
      text: (n) => `${reduction("largest", size, "max")}
${reduction("total", size, "sum")}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${row}
  let at = row * ${columns}u;
  var most = -3.4e38f;
  for (var j = thread; j < ${columns}u; j += ${size}u) { most = max(most, ${n.input}[at + j]); }
  let top = largest(most, thread);
  var sum = 0.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) {
    let e = exp(${n.input}[at + j] - top);
    sum += e;
    ${n.output}[at + j] = e;
  }
  let all = total(sum, thread);
  for (var j = thread; j < ${columns}u; j += ${size}u) { ${n.output}[at + j] /= all; }
}`,
    }),
  ];
}

export function softmaxBackward({ rows, columns, output, gradient }: SoftmaxBackward): GpuKernel[] {
  const size = rowSize(columns);
  const { workgroups, row } = rowGroups(rows);
  return [
    kernel({
      label: `softmaxBackward ${rows}×${columns}`,
      slots: { output, gradient },
      workgroups,
      text: (n) => `${reduction("total", size, "sum")}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${row}
  let at = row * ${columns}u;
  var sum = 0.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) { sum = fma(${n.gradient}[at + j], ${n.output}[at + j], sum); }
  let all = total(sum, thread);
  for (var j = thread; j < ${columns}u; j += ${size}u) {
    ${n.gradient}[at + j] = ${n.output}[at + j] * (${n.gradient}[at + j] - all);
  }
}`,
    }),
  ];
}

export function add({ input, other, output }: Add): GpuKernel[] {
  return [
    elementwise({
      label: "add",
      slots: { input, other, output },
      length: output.length,
      body: (n) => `${n.output}[i] = ${n.input}[i] + ${n.other}[i];`,
    }),
  ];
}

export function copy({ input, output }: Copy): GpuKernel[] {
  if (input === output) return [];
  return [
    elementwise({
      label: "copy",
      slots: { input, output },
      length: output.length,
      body: (n) => `${n.output}[i] = ${n.input}[i];`,
    }),
  ];
}

/** As `philox.ts`: WGSL has no 64-bit product, so its upper word is put together from 16-bit halves. */
const PHILOX = `fn mulhi(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let low = al * bl; let mid = ah * bl + (low >> 16u); let other = al * bh + (mid & 0xffffu);
  return ah * bh + (mid >> 16u) + (other >> 16u);
}
fn philox(counter: vec4u, key: vec2u) -> vec4u {
  var c = counter; var k = key;
  for (var round = 0u; round < 10u; round++) {
    let p = mulhi(0xd2511f53u, c.x); let q = mulhi(0xcd9e8d57u, c.z);
    c = vec4u(q ^ c.y ^ k.x, 0xcd9e8d57u * c.z, p ^ c.w ^ k.y, 0xd2511f53u * c.x);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`;

interface Dropping {
  readonly kind: string;
  readonly stream: number;
  readonly keep: number;
  readonly input: Slot;
  readonly output: Slot;
}

/** A thread draws one block, which decides four elements. */
function drop({ kind, stream, keep, input, output }: Dropping): GpuKernel {
  const { length } = output;
  return elementwise({
    label: kind,
    slots: { input, output },
    extras: ["context"],
    length: Math.ceil(length / 4),
    functions: PHILOX,
    body: (n) => `let w = context.streams[${stream}];
    var kept = vec4<bool>(true);
    if (context.isTraining != 0u) {
      kept = (philox(vec4u(i, context.step, w.z, w.w), w.xy) >> vec4u(8u)) < vec4u(${dropoutThreshold(keep)}u);
    }
    let factor = select(1.0, ${float(dropoutScale(keep))}, context.isTraining != 0u);
    for (var j = 0u; j < 4u && 4u * i + j < ${length}u; j++) {
      ${n.output}[4u * i + j] = select(0.0, ${n.input}[4u * i + j] * factor, kept[j]);
    }`,
  });
}

export function dropout({ kind, stream, keep, input, output }: Dropout): GpuKernel[] {
  return [drop({ kind, stream, keep, input, output })];
}

export function dropoutBackward({ kind, stream, keep, gradient }: DropoutBackward): GpuKernel[] {
  return [drop({ kind, stream, keep, input: gradient, output: gradient })];
}

export function addBias({ columns, bias, data, relu: isRelu }: AddBias): GpuKernel[] {
  return [
    elementwise({
      label: "addBias",
      slots: { bias, data },
      length: data.length,
      functions: RECTIFY,
      body: (n) => {
        const sum = `${n.data}[i] + ${n.bias}[i % ${columns}u]`;
        return `${n.data}[i] = ${isRelu ? `rectify(${sum})` : sum};`;
      },
    }),
  ];
}

/** Rows that one group adds up. */
const SEGMENT = 256;
const TILE = 32;
const LANES = 8;

/**
 * Sums of `terms` over the rows, column by column; with many rows in two stages over segments of them.
 *
 * @param terms gives the text of one term of each sum at row `i`, column `j`.
 */
export function columnReduction<Names extends string>(
  { rows, columns, label }: { readonly rows: number; readonly columns: number; readonly label: string },
  slots: Readonly<Record<Names, Slot>>,
  outs: readonly NoInfer<Names>[],
  terms: (names: Readonly<Record<Names, string>>) => readonly string[],
): GpuKernel[] {
  const segments = Math.ceil(rows / SEGMENT);
  const isSplit = segments > 1;
  const inner = isSplit
    ? (Object.fromEntries(Object.entries(slots).filter(([name]) => !outs.includes(name as Names))) as typeof slots)
    : slots;
  const count = outs.length;
  const first = kernel<Names>({
    label: `${label} ${rows}×${columns}`,
    slots: inner,
    extras: isSplit ? ["scratch"] : [],
    scratch: isSplit ? count * segments * columns : 0,
    workgroups: [Math.ceil(columns / TILE), segments, 1],
    text: (n) => {
      const texts = terms(n);
      const each = (text: (k: number) => string): string => texts.map((_, k) => text(k)).join("\n  ");
      return `${each((k) => `var<workgroup> shared${k}: array<f32, ${TILE * LANES}>;`)}
@compute @workgroup_size(${TILE}, ${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let j = group.x * ${TILE}u + local.x;
  let end = min(${rows}u, (group.y + 1u) * ${SEGMENT}u);
  ${each((k) => `var sum${k} = 0.0;`)}
  if (j < ${columns}u) {
    for (var i = group.y * ${SEGMENT}u + local.y; i < end; i += ${LANES}u) {
      ${texts.map((text, k) => `sum${k} += ${text};`).join("\n      ")}
    }
  }
  let at = local.y * ${TILE}u + local.x;
  ${each((k) => `shared${k}[at] = sum${k};`)}
  workgroupBarrier();
  if (local.y == 0u && j < ${columns}u) {
    for (var lane = 1u; lane < ${LANES}u; lane++) {
      ${each((k) => `sum${k} += shared${k}[lane * ${TILE}u + local.x];`)}
    }
    ${each((k) =>
      isSplit
        ? `scratch[(${k}u * ${segments}u + group.y) * ${columns}u + j] = sum${k};`
        : `${n[outs[k]!]}[j] = sum${k};`,
    )}
  }
}`;
    },
  });
  if (!isSplit) return [first];
  const own = Object.fromEntries(outs.map((name) => [name, slots[name]])) as Record<Names, Slot>;
  const second = elementwise<Names>({
    label: `${label}, second stage`,
    slots: own,
    extras: ["scratch"],
    scratch: count * segments * columns,
    length: columns,
    body: (n) =>
      outs
        .map(
          (name, k) => `var total${k} = 0.0;
    for (var part = 0u; part < ${segments}u; part++) { total${k} += scratch[(${k}u * ${segments}u + part) * ${columns}u + i]; }
    ${n[name]}[i] = total${k};`,
        )
        .join("\n    "),
  });
  return [first, second];
}

export function columnSums({ rows, columns, data, out }: ColumnSums): GpuKernel[] {
  return columnReduction({ rows, columns, label: "columnSums" }, { data, out }, ["out"], (n) => [
    `${n.data}[i * ${columns}u + j]`,
  ]);
}
