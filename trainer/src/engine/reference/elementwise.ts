/** The definition of `operations/elementwise.ts` in plain loops. Slow on purpose; where another executor differs, this is right. */
import { normal32, tanh32 } from "../arithmetic.ts";
import { dropoutScale, dropoutThreshold } from "../encodeProgram.ts";
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
import type { StepContext } from "../operations.ts";
import { philox4x32 } from "../philox.ts";
import { numbersOf, rectify } from "./numbers.ts";
import { softmaxParts } from "./softmaxParts.ts";

const { fround } = Math;

/** `output[i] = f(input[i], i)`; right where both are one slot, too. */
function map(arena: Float32Array, [input, output]: readonly [Slot, Slot], f: (x: number, i: number) => number): void {
  const x = numbersOf(arena, input);
  const y = numbersOf(arena, output);
  for (let i = 0; i < y.length; i++) y[i] = f(x[i]!, i);
}

export function relu({ input, output }: Relu, arena: Float32Array): void {
  map(arena, [input, output], rectify);
}

export function reluBackward({ output, gradient }: ReluBackward, arena: Float32Array): void {
  const y = numbersOf(arena, output);
  map(arena, [gradient, gradient], (g, i) => (y[i]! > 0 ? g : 0));
}

export function gelu({ input, output }: Gelu, arena: Float32Array): void {
  map(arena, [input, output], (x) => fround(x * normal32(x).distribution));
}

export function geluBackward({ input, gradient }: GeluBackward, arena: Float32Array): void {
  const inputs = numbersOf(arena, input);
  map(arena, [gradient, gradient], (g, i) => {
    const x = inputs[i]!;
    const { distribution, density } = normal32(x);
    return fround(g * fround(distribution + fround(x * density)));
  });
}

export function tanh({ input, output }: Tanh, arena: Float32Array): void {
  map(arena, [input, output], tanh32);
}

export function tanhBackward({ output, gradient }: TanhBackward, arena: Float32Array): void {
  const y = numbersOf(arena, output);
  map(arena, [gradient, gradient], (g, i) => fround(g * fround(1 - fround(y[i]! * y[i]!))));
}

export function softmax({ rows, columns, input, output }: Softmax, arena: Float32Array): void {
  const x = numbersOf(arena, input);
  const y = numbersOf(arena, output);
  for (let i = 0; i < rows; i++) {
    const { exponentials, sum } = softmaxParts(x.subarray(i * columns, (i + 1) * columns));
    for (let j = 0; j < columns; j++) y[i * columns + j] = fround(exponentials[j]! / sum);
  }
}

export function softmaxBackward({ rows, columns, output, gradient }: SoftmaxBackward, arena: Float32Array): void {
  for (let i = 0; i < rows; i++) {
    const y = numbersOf(arena, output).subarray(i * columns, (i + 1) * columns);
    const g = numbersOf(arena, gradient).subarray(i * columns, (i + 1) * columns);
    let sum = 0;
    for (let j = 0; j < columns; j++) sum = fround(sum + fround(g[j]! * y[j]!));
    for (let j = 0; j < columns; j++) g[j] = fround(y[j]! * fround(g[j]! - sum));
  }
}

export function add({ input, other, output }: Add, arena: Float32Array): void {
  const z = numbersOf(arena, other);
  map(arena, [input, output], (x, i) => fround(x + z[i]!));
}

export function copy({ input, output }: Copy, arena: Float32Array): void {
  map(arena, [input, output], (x) => x);
}

export function dropout(operation: Dropout, arena: Float32Array, context: StepContext): void {
  const { input, output, keep } = operation;
  if (!context.isTraining) {
    map(arena, [input, output], (x) => x);
    return;
  }
  const kept = createMask(operation, context);
  map(arena, [input, output], (x, i) => (kept(i) ? fround(x * dropoutScale(keep)) : 0));
}

export function dropoutBackward(operation: DropoutBackward, arena: Float32Array, context: StepContext): void {
  const { gradient, keep } = operation;
  const kept = createMask(operation, context);
  map(arena, [gradient, gradient], (g, i) => (kept(i) ? fround(g * dropoutScale(keep)) : 0));
}

/** @returns whether element `i` passes in this step. */
function createMask(
  { stream, keep }: { readonly stream: number; readonly keep: number },
  { step, streams }: StepContext,
): (i: number) => boolean {
  const [key0, key1, upper0, upper1] = streams.subarray(4 * stream, 4 * stream + 4) as unknown as WordsOfStream;
  const threshold = dropoutThreshold(keep);
  return (i) => {
    const words = philox4x32([Math.floor(i / 4), step, upper0, upper1], [key0, key1]);
    return words[i % 4]! >>> 8 < threshold;
  };
}

type WordsOfStream = readonly [number, number, number, number];
