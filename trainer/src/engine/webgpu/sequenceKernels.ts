/** Kernels of `operations/sequence.ts`, attention apart. */
import type {
  Embedding,
  EmbeddingBackward,
  LayerNorm,
  LayerNormBackwardInput,
  LayerNormBackwardWeight,
} from "../operations/sequence.ts";
import { columnReduction } from "./elementwiseKernels.ts";
import { elementwise, type GpuKernel, kernel, reduction, rowGroups, rowSize } from "./gpuKernel.ts";

export function layerNorm({ rows, columns, input, weight, bias, output, mean, scale }: LayerNorm): GpuKernel[] {
  const size = rowSize(columns);
  const { workgroups, row } = rowGroups(rows);
  return [
    kernel({
      label: `layerNorm ${rows}×${columns}`,
      slots: { input, weight, bias, output, mean, scale },
      workgroups,
      text: (n) => `${reduction("total", size, "sum")}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${row}
  let at = row * ${columns}u;
  var sum = 0.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) { sum += ${n.input}[at + j]; }
  let middle = total(sum, thread) / ${columns}.0;
  var squares = 0.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) { let d = ${n.input}[at + j] - middle; squares = fma(d, d, squares); }
  let factor = 1.0 / sqrt(total(squares, thread) / ${columns}.0 + 1e-5);
  for (var j = thread; j < ${columns}u; j += ${size}u) {
    ${n.output}[at + j] = (${n.input}[at + j] - middle) * factor * ${n.weight}[j] + ${n.bias}[j];
  }
  if (thread == 0u) { ${n.mean}[row] = middle; ${n.scale}[row] = factor; }
}`,
    }),
  ];
}

export function layerNormBackwardInput(operation: LayerNormBackwardInput): GpuKernel[] {
  const { rows, columns, input, weight, mean, scale, outputGradient, inputGradient } = operation;
  const size = rowSize(columns);
  const { workgroups, row } = rowGroups(rows);
  return [
    kernel({
      label: `layerNormBackwardInput ${rows}×${columns}`,
      slots: { input, weight, mean, scale, outputGradient, inputGradient },
      workgroups,
      text: (n) => `${reduction("total", size, "sum")}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${row}
  let at = row * ${columns}u;
  let middle = ${n.mean}[row];
  let factor = ${n.scale}[row];
  var sum = 0.0;
  var products = 0.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) {
    let t = ${n.outputGradient}[at + j] * ${n.weight}[j];
    sum += t;
    products = fma(t, (${n.input}[at + j] - middle) * factor, products);
  }
  let a = total(sum, thread) / ${columns}.0;
  let b = total(products, thread) / ${columns}.0;
  for (var j = thread; j < ${columns}u; j += ${size}u) {
    let h = (${n.input}[at + j] - middle) * factor;
    ${n.inputGradient}[at + j] = ((${n.outputGradient}[at + j] * ${n.weight}[j] - a) - h * b) * factor;
  }
}`,
    }),
  ];
}

export function layerNormBackwardWeight(operation: LayerNormBackwardWeight): GpuKernel[] {
  const { rows, columns, input, mean, scale, outputGradient, weightGradient, biasGradient } = operation;
  const slots = { input, mean, scale, outputGradient, weightGradient, biasGradient };
  const outs = ["weightGradient", "biasGradient"] as const;
  return columnReduction({ rows, columns, label: "layerNormBackwardWeight" }, slots, outs, (n) => {
    const gradient = `${n.outputGradient}[i * ${columns}u + j]`;
    return [`${gradient} * (${n.input}[i * ${columns}u + j] - ${n.mean}[i]) * ${n.scale}[i]`, gradient];
  });
}

export function embedding({ units, tokens, weight, output }: Embedding): GpuKernel[] {
  return [
    elementwise({
      label: "embedding",
      slots: { tokens, weight, output },
      length: output.length,
      body: (n) => `${n.output}[i] = ${n.weight}[u32(${n.tokens}[i / ${units}u]) * ${units}u + i % ${units}u];`,
    }),
  ];
}

const TOKENS_AT_ONCE = 64;

/** A group a token of the vocabulary and 64 units: it looks through all rows, so that sums have one order. */
export function embeddingBackward(operation: EmbeddingBackward): GpuKernel[] {
  const { rows, units, vocabulary, tokens, outputGradient, weightGradient } = operation;
  const { workgroups, row } = rowGroups(vocabulary);
  const [x, y] = workgroups;
  return [
    kernel({
      label: `embeddingBackward ${vocabulary}×${units}`,
      slots: { tokens, outputGradient, weightGradient },
      workgroups: [x, y, Math.ceil(units / TOKENS_AT_ONCE)],
      text: (n) => `var<workgroup> seen: array<u32, ${TOKENS_AT_ONCE}>;
@compute @workgroup_size(${TOKENS_AT_ONCE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  ${row}
  let j = group.z * ${TOKENS_AT_ONCE}u + thread;
  var sum = 0.0;
  for (var base = 0u; base < ${rows}u; base += ${TOKENS_AT_ONCE}u) {
    workgroupBarrier();
    seen[thread] = select(0xffffffffu, u32(${n.tokens}[min(base + thread, ${rows - 1}u)]), base + thread < ${rows}u);
    workgroupBarrier();
    for (var i = 0u; i < ${TOKENS_AT_ONCE}u; i++) {
      if (seen[i] == row && j < ${units}u) { sum += ${n.outputGradient}[(base + i) * ${units}u + j]; }
    }
  }
  if (j < ${units}u) { ${n.weightGradient}[row * ${units}u + j] = sum; }
}`,
    }),
  ];
}
