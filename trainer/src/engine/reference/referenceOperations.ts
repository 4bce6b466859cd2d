/**
 * The definition of every operation: plain loops over binary32, each product rounded, then each sum.
 *
 * Slow on purpose. Other executors must give the same bits; where they differ, this file is right. (`Math.fround` of a
 * sum, product, quotient or root of two binary32 numbers taken in binary64 is the correctly rounded binary32 result.)
 */
import { exp32, log32 } from "../arithmetic.ts";
import type {
  AddBias,
  ColumnSums,
  Matmul,
  Operation,
  Relu,
  ReluBackward,
  Sgd,
  SgdMomentum,
  SoftmaxCrossEntropy,
} from "../operations.ts";

const { fround } = Math;

/** @returns false when a loss or a weight that the operation wrote is not finite. */
export function runReference(operation: Operation, arena: Float32Array, labels: Int32Array): boolean {
  switch (operation.kind) {
    case "matmul":
      return matmul(operation, arena);
    case "addBias":
      return addBias(operation, arena);
    case "relu":
      return relu(operation, arena);
    case "reluBackward":
      return reluBackward(operation, arena);
    case "columnSums":
      return columnSums(operation, arena);
    case "softmaxCrossEntropy":
      return softmaxCrossEntropy(operation, arena, labels);
    case "sgd":
      return sgd(operation, arena);
    case "sgdMomentum":
      return sgdMomentum(operation, arena);
    default:
      return operation satisfies never;
  }
}

function matmul({ rows, columns, inner, left, right, out }: Matmul, arena: Float32Array): true {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const a = arena[left.slot.offset + i * left.rowStride + k * left.columnStride]!;
        const b = arena[right.slot.offset + k * right.rowStride + j * right.columnStride]!;
        sum = fround(sum + fround(a * b));
      }
      arena[out.offset + i * columns + j] = sum;
    }
  }
  return true;
}

function addBias({ rows, columns, bias, data, relu }: AddBias, arena: Float32Array): true {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = data.offset + i * columns + j;
      const sum = fround(arena[at]! + arena[bias.offset + j]!);
      arena[at] = relu ? rectify(sum) : sum;
    }
  }
  return true;
}

function relu({ data }: Relu, arena: Float32Array): true {
  for (let i = 0; i < data.length; i++) arena[data.offset + i] = rectify(arena[data.offset + i]!);
  return true;
}

function rectify(x: number): number {
  return Math.max(x, 0); // +0 above −0; NaN stays
}

function reluBackward({ output, gradient }: ReluBackward, arena: Float32Array): true {
  for (let i = 0; i < gradient.length; i++) {
    if (!(arena[output.offset + i]! > 0)) arena[gradient.offset + i] = 0;
  }
  return true;
}

function columnSums({ rows, columns, data, out }: ColumnSums, arena: Float32Array): true {
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum = fround(sum + arena[data.offset + i * columns + j]!);
    arena[out.offset + j] = sum;
  }
  return true;
}

function softmaxCrossEntropy(operation: SoftmaxCrossEntropy, arena: Float32Array, labels: Int32Array): boolean {
  const { rows, columns, logits, gradient, loss } = operation;
  const scale = fround(1 / rows);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const label = labels[i]!;
    const row = arena.subarray(logits.offset + i * columns, logits.offset + (i + 1) * columns);
    const { exponentials, sum, largest } = softmaxParts(row);
    total = fround(total + crossEntropy(sum, row[label]!, largest));
    for (let j = 0; j < columns; j++) {
      const target = j === label ? 1 : 0;
      arena[gradient.offset + i * columns + j] = fround(fround(fround(exponentials[j]! / sum) - target) * scale);
    }
  }
  const mean = fround(total / fround(rows));
  arena[loss.offset] = mean;
  return Number.isFinite(mean);
}

/**
 * `eⱼ = exp(zⱼ − max z)` and their sum in rising order: what softmax and its cross-entropy are made of.
 *
 * @param row One row of logits.
 */
export function softmaxParts(row: Float32Array): { exponentials: Float32Array; sum: number; largest: number } {
  let largest = row[0]!;
  for (const logit of row) largest = Math.max(largest, logit);
  const exponentials = row.map((logit) => exp32(fround(logit - largest)));
  let sum = 0;
  for (const exponential of exponentials) sum = fround(sum + exponential);
  return { exponentials, sum, largest };
}

/** @returns `log(sum) − (logit − largest)`, the cross-entropy of one row. Unit: nats. */
export function crossEntropy(sum: number, logit: number, largest: number): number {
  return fround(log32(sum) - fround(logit - largest));
}

function sgd({ rate, weight, gradient }: Sgd, arena: Float32Array): boolean {
  let finite = true;
  for (let i = 0; i < weight.length; i++) {
    const updated = fround(arena[weight.offset + i]! - fround(rate * arena[gradient.offset + i]!));
    arena[weight.offset + i] = updated;
    finite &&= Number.isFinite(updated);
  }
  return finite;
}

function sgdMomentum({ rate, momentum, weight, gradient, velocity }: SgdMomentum, arena: Float32Array): boolean {
  let finite = true;
  for (let i = 0; i < weight.length; i++) {
    const speed = fround(fround(momentum * arena[velocity.offset + i]!) + arena[gradient.offset + i]!);
    const updated = fround(arena[weight.offset + i]! - fround(rate * speed));
    arena[velocity.offset + i] = speed;
    arena[weight.offset + i] = updated;
    finite &&= Number.isFinite(updated);
  }
  return finite;
}
