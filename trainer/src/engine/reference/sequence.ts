/** The definition of `operations/sequence.ts` in plain loops. Slow on purpose; where another executor differs, this is right. */
import type {
  Attention,
  AttentionBackward,
  AttentionShape,
  Embedding,
  EmbeddingBackward,
  LayerNorm,
  LayerNormBackwardInput,
  LayerNormBackwardWeight,
} from "../operations/sequence.ts";
import { numbersOf } from "./numbers.ts";
import { softmaxParts } from "./softmaxParts.ts";

const { fround } = Math;
const EPSILON = fround(1e-5);

export function layerNorm({ rows, columns, ...slots }: LayerNorm, arena: Float32Array): void {
  const input = numbersOf(arena, slots.input);
  const weight = numbersOf(arena, slots.weight);
  const bias = numbersOf(arena, slots.bias);
  const output = numbersOf(arena, slots.output);
  for (let i = 0; i < rows; i++) {
    const x = input.subarray(i * columns, (i + 1) * columns);
    let sum = 0;
    for (const value of x) sum = fround(sum + value);
    const mean = fround(sum / fround(columns));
    let squares = 0;
    for (const value of x) squares = fround(squares + fround(fround(value - mean) * fround(value - mean)));
    const variance = fround(squares / fround(columns));
    const scale = fround(1 / fround(Math.sqrt(fround(variance + EPSILON))));
    for (let j = 0; j < columns; j++) {
      const normal = fround(fround(x[j]! - mean) * scale);
      output[i * columns + j] = fround(fround(normal * weight[j]!) + bias[j]!);
    }
    arena[slots.mean.offset + i] = mean;
    arena[slots.scale.offset + i] = scale;
  }
}

export function layerNormBackwardInput({ rows, columns, ...slots }: LayerNormBackwardInput, arena: Float32Array): void {
  const input = numbersOf(arena, slots.input);
  const weight = numbersOf(arena, slots.weight);
  const outputGradient = numbersOf(arena, slots.outputGradient);
  const inputGradient = numbersOf(arena, slots.inputGradient);
  for (let i = 0; i < rows; i++) {
    const mean = arena[slots.mean.offset + i]!;
    const scale = arena[slots.scale.offset + i]!;
    const h = (j: number): number => fround(fround(input[i * columns + j]! - mean) * scale);
    const t = (j: number): number => fround(outputGradient[i * columns + j]! * weight[j]!);
    let sum = 0;
    let products = 0;
    for (let j = 0; j < columns; j++) {
      sum = fround(sum + t(j));
      products = fround(products + fround(t(j) * h(j)));
    }
    const a = fround(sum / fround(columns));
    const b = fround(products / fround(columns));
    for (let j = 0; j < columns; j++) {
      inputGradient[i * columns + j] = fround(fround(fround(t(j) - a) - fround(h(j) * b)) * scale);
    }
  }
}

export function layerNormBackwardWeight(operation: LayerNormBackwardWeight, arena: Float32Array): void {
  const { rows, columns, ...slots } = operation;
  const input = numbersOf(arena, slots.input);
  const outputGradient = numbersOf(arena, slots.outputGradient);
  for (let j = 0; j < columns; j++) {
    let toWeight = 0;
    let toBias = 0;
    for (let i = 0; i < rows; i++) {
      const mean = arena[slots.mean.offset + i]!;
      const scale = arena[slots.scale.offset + i]!;
      const h = fround(fround(input[i * columns + j]! - mean) * scale);
      const gradient = outputGradient[i * columns + j]!;
      toWeight = fround(toWeight + fround(gradient * h));
      toBias = fround(toBias + gradient);
    }
    arena[slots.weightGradient.offset + j] = toWeight;
    arena[slots.biasGradient.offset + j] = toBias;
  }
}

export function embedding({ rows, units, ...slots }: Embedding, arena: Float32Array): void {
  const tokens = numbersOf(arena, slots.tokens);
  const weight = numbersOf(arena, slots.weight);
  const output = numbersOf(arena, slots.output);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < units; j++) output[i * units + j] = weight[tokens[i]! * units + j]!;
  }
}

export function embeddingBackward({ rows, units, ...slots }: EmbeddingBackward, arena: Float32Array): void {
  const tokens = numbersOf(arena, slots.tokens);
  const outputGradient = numbersOf(arena, slots.outputGradient);
  const weightGradient = numbersOf(arena, slots.weightGradient).fill(0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < units; j++) {
      const at = tokens[i]! * units + j;
      weightGradient[at] = fround(weightGradient[at]! + outputGradient[i * units + j]!);
    }
  }
}

/** One head of one example: where its rows of q, k, v and of the output begin. */
interface Head {
  /** @returns index of element d of q (`part` 0), k (1) or v (2) at a position. */
  qkv(part: 0 | 1 | 2, position: number, d: number): number;
  output(position: number, d: number): number;
}

function forEachHead({ batch, length, heads, headSize }: AttentionShape, visit: (head: Head) => void): void {
  const width = heads * headSize;
  for (let n = 0; n < batch; n++) {
    for (let head = 0; head < heads; head++) {
      visit({
        qkv: (part, position, d) => ((n * length + position) * 3 + part) * width + head * headSize + d,
        output: (position, d) => (n * length + position) * width + head * headSize + d,
      });
    }
  }
}

/** @returns `pᵢⱼ` for j ≤ i: how much position i takes from each position. */
function shares(qkv: Float32Array, head: Head, { i, headSize }: { readonly i: number; readonly headSize: number }) {
  const scale = fround(1 / fround(Math.sqrt(headSize)));
  const scores = Float32Array.from({ length: i + 1 }, (_, j) => {
    let sum = 0;
    for (let d = 0; d < headSize; d++) sum = fround(sum + fround(qkv[head.qkv(0, i, d)]! * qkv[head.qkv(1, j, d)]!));
    return fround(sum * scale);
  });
  const { exponentials, sum } = softmaxParts(scores);
  return exponentials.map((exponential) => fround(exponential / sum));
}

export function attention({ shape, ...slots }: Attention, arena: Float32Array): void {
  const { length, headSize } = shape;
  const qkv = numbersOf(arena, slots.qkv);
  const output = numbersOf(arena, slots.output);
  forEachHead(shape, (head) => {
    for (let i = 0; i < length; i++) {
      const p = shares(qkv, head, { i, headSize });
      for (let d = 0; d < headSize; d++) {
        let sum = 0;
        for (let j = 0; j <= i; j++) sum = fround(sum + fround(p[j]! * qkv[head.qkv(2, j, d)]!));
        output[head.output(i, d)] = sum;
      }
    }
  });
}

export function attentionBackward({ shape, ...slots }: AttentionBackward, arena: Float32Array): void {
  const { length, headSize } = shape;
  const qkv = numbersOf(arena, slots.qkv);
  const outputGradient = numbersOf(arena, slots.outputGradient);
  const gradient = numbersOf(arena, slots.qkvGradient).fill(0);
  const scale = fround(1 / fround(Math.sqrt(headSize)));
  const accumulate = (at: number, left: number, right: number): void => {
    gradient[at] = fround(gradient[at]! + fround(left * right));
  };
  forEachHead(shape, (head) => {
    const g = (i: number, d: number): number => outputGradient[head.output(i, d)]!;
    // i rises here and j within it, so every element of a gradient is summed in rising order
    for (let i = 0; i < length; i++) {
      const p = shares(qkv, head, { i, headSize });
      const r = p.map((_, j) => {
        let sum = 0;
        for (let d = 0; d < headSize; d++) sum = fround(sum + fround(g(i, d) * qkv[head.qkv(2, j, d)]!));
        return sum;
      });
      let t = 0;
      for (let j = 0; j <= i; j++) t = fround(t + fround(r[j]! * p[j]!));
      for (let j = 0; j <= i; j++) {
        const u = fround(fround(p[j]! * fround(r[j]! - t)) * scale);
        for (let d = 0; d < headSize; d++) {
          accumulate(head.qkv(0, i, d), u, qkv[head.qkv(1, j, d)]!);
          accumulate(head.qkv(1, j, d), u, qkv[head.qkv(0, i, d)]!);
          accumulate(head.qkv(2, j, d), p[j]!, g(i, d));
        }
      }
    }
  });
}
