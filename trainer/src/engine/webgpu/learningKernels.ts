/** Kernels of `operations/learning.ts`. What writes a loss or a weight says where it is not finite. */
import type {
  AdamW,
  ClipFactor,
  MeanSquaredError,
  Scale,
  Sgd,
  SgdMomentum,
  SoftmaxCrossEntropy,
  SquareSum,
} from "../operations/learning.ts";
import type { Slot } from "../operations/slot.ts";
import { elementwise, float, type GpuKernel, kernel, LOSS_RING, reduction, rowGroups, rowSize } from "./gpuKernel.ts";

const SUM_SIZE = 256;

/** One group adds up the first `count` numbers of the scratch; `finish` uses the total, in the first thread. */
function scratchTotal<Names extends string>(
  label: string,
  {
    count,
    slots,
    extras,
  }: { count: number; slots: Record<Names, Slot>; extras: readonly ("context" | "losses" | "status")[] },
  finish: (names: Readonly<Record<Names, string>>) => string,
): GpuKernel {
  return kernel<Names>({
    label,
    slots,
    extras: ["scratch", ...extras],
    scratch: count,
    workgroups: [1, 1, 1],
    text: (n) => `${reduction("total", SUM_SIZE, "sum")}
@compute @workgroup_size(${SUM_SIZE})
fn main(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < ${count}u; i += ${SUM_SIZE}u) { sum += scratch[i]; }
  let all = total(sum, thread);
  if (thread == 0u) {
    ${finish(n)}
  }
}`,
  });
}

function lossFinish(at: number, divisor: number): (names: { readonly loss: string }) => string {
  return (n) => `let mean = all / ${divisor}.0;
    ${n.loss}[0] = mean;
    losses[context.step % ${LOSS_RING}u] = mean;
    check(mean, ${at}u);`;
}

/** @param at the operation's index, for the report of a loss that is not finite. */
export function softmaxCrossEntropy(operation: SoftmaxCrossEntropy, at: number): GpuKernel[] {
  const { rows, columns, logits, targets, gradient, loss } = operation;
  const size = rowSize(columns);
  const { workgroups, row } = rowGroups(rows);
  const first = kernel({
    label: `softmaxCrossEntropy ${rows}×${columns}`,
    slots: { logits, targets, gradient },
    extras: ["scratch"],
    scratch: rows,
    workgroups,
    text: (n) => `${reduction("largest", size, "max")}
${reduction("total", size, "sum")}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${row}
  let at = row * ${columns}u;
  let wanted = u32(${n.targets}[row]);
  let logit = ${n.logits}[at + wanted];
  var most = -3.4e38f;
  for (var j = thread; j < ${columns}u; j += ${size}u) { most = max(most, ${n.logits}[at + j]); }
  let top = largest(most, thread);
  var sum = 0.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) { sum += exp(${n.logits}[at + j] - top); }
  let all = total(sum, thread);
  for (var j = thread; j < ${columns}u; j += ${size}u) {
    let p = exp(${n.logits}[at + j] - top) / all;
    ${n.gradient}[at + j] = (p - select(0.0, 1.0, j == wanted)) * ${float(1 / rows)};
  }
  if (thread == 0u) { scratch[row] = log(all) - (logit - top); }
}`,
  });
  const extras = ["context", "losses", "status"] as const;
  return [first, scratchTotal("loss", { count: rows, slots: { loss }, extras }, lossFinish(at, rows))];
}

/** Most groups whose partial sums one group adds up. */
const MAX_PARTS = 256;

/** Partial sums of `term`, one a group, to the scratch. */
function partialSums<Names extends string>(
  label: string,
  { length, slots }: { readonly length: number; readonly slots: Record<Names, Slot> },
  term: (names: Readonly<Record<Names, string>>) => string,
): { readonly kernel: GpuKernel; readonly parts: number } {
  const parts = Math.min(MAX_PARTS, Math.ceil(length / (4 * SUM_SIZE)));
  return {
    parts,
    kernel: kernel<Names>({
      label,
      slots,
      extras: ["scratch"],
      scratch: parts,
      workgroups: [parts, 1, 1],
      text: (n) => `${reduction("total", SUM_SIZE, "sum")}
@compute @workgroup_size(${SUM_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = group.x * ${SUM_SIZE}u + thread; i < ${length}u; i += ${parts * SUM_SIZE}u) {
    ${term(n)}
  }
  let all = total(sum, thread);
  if (thread == 0u) { scratch[group.x] = all; }
}`,
    }),
  };
}

export function meanSquaredError({ outputs, targets, gradient, loss }: MeanSquaredError, at: number): GpuKernel[] {
  const { length } = outputs;
  const slots = { outputs, targets, gradient };
  const first = partialSums("meanSquaredError", { length, slots }, (n) => {
    return `let d = ${n.outputs}[i] - ${n.targets}[i]; sum = fma(d, d, sum); ${n.gradient}[i] = d * ${float(2 / length)};`;
  });
  const extras = ["context", "losses", "status"] as const;
  return [first.kernel, scratchTotal("loss", { count: first.parts, slots: { loss }, extras }, lossFinish(at, length))];
}

export function squareSum({ gradient, sum, isFirst }: SquareSum): GpuKernel[] {
  const { length } = gradient;
  const first = partialSums("squareSum", { length, slots: { gradient } }, (n) => {
    return `let g = ${n.gradient}[i]; sum = fma(g, g, sum);`;
  });
  const finish = (n: { readonly sum: string }): string => `${n.sum}[0] = ${isFirst ? "all" : `${n.sum}[0] + all`};`;
  return [
    first.kernel,
    scratchTotal("squareSum, second stage", { count: first.parts, slots: { sum }, extras: [] }, finish),
  ];
}

export function clipFactor({ maximum, sum, factor }: ClipFactor): GpuKernel[] {
  return [
    elementwise({
      label: "clipFactor",
      slots: { sum, factor },
      length: 1,
      body: (n) =>
        `let norm = sqrt(${n.sum}[0]); ${n.factor}[0] = select(1.0, ${float(maximum)} / norm, norm > ${float(maximum)});`,
    }),
  ];
}

export function scale({ data, factor }: Scale): GpuKernel[] {
  return [
    elementwise({
      label: "scale",
      slots: { data, factor },
      length: data.length,
      body: (n) => `${n.data}[i] *= ${n.factor}[0];`,
    }),
  ];
}

const UPDATE = ["context", "status"] as const;

function decayed(n: { readonly gradient: string; readonly weight: string }, weightDecay: number): string {
  const gradient = `${n.gradient}[i]`;
  return weightDecay === 0 ? gradient : `fma(${float(weightDecay)}, ${n.weight}[i], ${gradient})`;
}

export function sgd({ weightDecay, weight, gradient }: Sgd, at: number): GpuKernel[] {
  return [
    elementwise({
      label: "sgd",
      slots: { weight, gradient },
      extras: UPDATE,
      length: weight.length,
      body: (n) => `let w = fma(-context.rate, ${decayed(n, weightDecay)}, ${n.weight}[i]);
    ${n.weight}[i] = w;
    check(w, ${at}u);`,
    }),
  ];
}

export function sgdMomentum(operation: SgdMomentum, at: number): GpuKernel[] {
  const { momentum, nesterov, weightDecay, weight, gradient, velocity } = operation;
  return [
    elementwise({
      label: "sgdMomentum",
      slots: { weight, gradient, velocity },
      extras: UPDATE,
      length: weight.length,
      body: (n) => `let g = ${decayed(n, weightDecay)};
    let v = fma(${float(momentum)}, ${n.velocity}[i], g);
    ${n.velocity}[i] = v;
    let w = fma(-context.rate, ${nesterov ? `fma(${float(momentum)}, v, g)` : "v"}, ${n.weight}[i]);
    ${n.weight}[i] = w;
    check(w, ${at}u);`,
    }),
  ];
}

export function adamW(operation: AdamW, at: number): GpuKernel[] {
  const { beta1, beta2, epsilon, weightDecay, weight, gradient, firstMoment, secondMoment } = operation;
  return [
    elementwise({
      label: "adamW",
      slots: { weight, gradient, firstMoment, secondMoment },
      extras: UPDATE,
      length: weight.length,
      body: (n) => `let g = ${n.gradient}[i];
    let m = fma(${float(beta1)}, ${n.firstMoment}[i], ${float(1 - beta1)} * g);
    let v = fma(${float(beta2)}, ${n.secondMoment}[i], ${float(1 - beta2)} * g * g);
    ${n.firstMoment}[i] = m;
    ${n.secondMoment}[i] = v;
    let u = (m * context.first) / (sqrt(v * context.second) + ${float(epsilon)});
    let w = fma(-context.rate, u, ${n.weight}[i]${weightDecay === 0 ? "" : ` * (1.0 - context.rate * ${float(weightDecay)})`});
    ${n.weight}[i] = w;
    check(w, ${at}u);`,
    }),
  ];
}
