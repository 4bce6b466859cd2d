/** The definition of `operations/dense.ts` in plain loops. Slow on purpose; where another executor differs, this is right. */
import type { AddBias, ColumnSums, Matmul } from "../operations/dense.ts";
import { numbersOf, rectify } from "./numbers.ts";

const { fround } = Math;

export function matmul(operation: Matmul, arena: Float32Array): void {
  const { rows, columns, inner, left, right, relu } = operation;
  const a = numbersOf(arena, left.slot);
  const b = numbersOf(arena, right.slot);
  const out = numbersOf(arena, operation.out);
  const bias = operation.bias && numbersOf(arena, operation.bias);
  const mask = operation.mask && numbersOf(arena, operation.mask);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        const product =
          a[i * left.rowStride + k * left.columnStride]! * b[k * right.rowStride + j * right.columnStride]!;
        sum = fround(sum + fround(product));
      }
      if (bias !== undefined) sum = fround(sum + bias[j]!);
      if (relu) sum = rectify(sum);
      if (mask !== undefined && !(mask[i * columns + j]! > 0)) sum = 0;
      out[i * columns + j] = sum;
    }
  }
}

export function addBias({ rows, columns, bias, data, relu }: AddBias, arena: Float32Array): void {
  const x = numbersOf(arena, data);
  const b = numbersOf(arena, bias);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const sum = fround(x[i * columns + j]! + b[j]!);
      x[i * columns + j] = relu ? rectify(sum) : sum;
    }
  }
}

export function columnSums({ rows, columns, data, out }: ColumnSums, arena: Float32Array): void {
  const x = numbersOf(arena, data);
  const sums = numbersOf(arena, out);
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum = fround(sum + x[i * columns + j]!);
    sums[j] = sum;
  }
}
