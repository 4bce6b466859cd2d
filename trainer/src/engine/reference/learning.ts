/**
 * The definition of `operations/learning.ts` in plain loops. Slow on purpose; where another executor differs, this is right.
 *
 * What writes a loss or a weight says whether all it wrote is finite.
 */
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
import type { StepContext } from "../operations.ts";
import { allFinite } from "../tensor.ts";
import { numbersOf } from "./numbers.ts";
import { crossEntropy, softmaxParts } from "./softmaxParts.ts";

const { fround } = Math;
/** Unit: elements. Blocks can be summed by different threads, whatever their number. */
const SQUARE_SUM_BLOCK = 1_024;

export function softmaxCrossEntropy(operation: SoftmaxCrossEntropy, arena: Float32Array): boolean {
  const { rows, columns } = operation;
  const logits = numbersOf(arena, operation.logits);
  const targets = numbersOf(arena, operation.targets);
  const gradient = numbersOf(arena, operation.gradient);
  const scale = fround(1 / fround(rows));
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const target = targets[i]!;
    const row = logits.subarray(i * columns, (i + 1) * columns);
    const { exponentials, sum, largest } = softmaxParts(row);
    total = fround(total + crossEntropy(sum, row[target]!, largest));
    for (let j = 0; j < columns; j++) {
      const wanted = j === target ? 1 : 0;
      gradient[i * columns + j] = fround(fround(fround(exponentials[j]! / sum) - wanted) * scale);
    }
  }
  const mean = fround(total / fround(rows));
  arena[operation.loss.offset] = mean;
  return Number.isFinite(mean);
}

export function meanSquaredError(operation: MeanSquaredError, arena: Float32Array): boolean {
  const outputs = numbersOf(arena, operation.outputs);
  const targets = numbersOf(arena, operation.targets);
  const gradient = numbersOf(arena, operation.gradient);
  const count = fround(outputs.length);
  const scale = fround(2 / count);
  let total = 0;
  for (let i = 0; i < outputs.length; i++) {
    const difference = fround(outputs[i]! - targets[i]!);
    total = fround(total + fround(difference * difference));
    gradient[i] = fround(difference * scale);
  }
  const mean = fround(total / count);
  arena[operation.loss.offset] = mean;
  return Number.isFinite(mean);
}

export function squareSum({ gradient, sum, isFirst }: SquareSum, arena: Float32Array): void {
  const g = numbersOf(arena, gradient);
  let total = isFirst ? 0 : arena[sum.offset]!;
  for (let from = 0; from < g.length; from += SQUARE_SUM_BLOCK) {
    let partial = 0;
    for (const value of g.subarray(from, from + SQUARE_SUM_BLOCK)) partial = fround(partial + fround(value * value));
    total = fround(total + partial);
  }
  arena[sum.offset] = total;
}

export function clipFactor({ maximum, sum, factor }: ClipFactor, arena: Float32Array): void {
  const norm = fround(Math.sqrt(arena[sum.offset]!));
  arena[factor.offset] = norm > maximum ? fround(maximum / norm) : 1;
}

export function scale({ data, factor }: Scale, arena: Float32Array): void {
  const x = numbersOf(arena, data);
  for (let i = 0; i < x.length; i++) x[i] = fround(x[i]! * arena[factor.offset]!);
}

/** The gradient with the L2 term of weight decay, where there is one. */
function decayed(gradient: number, weight: number, weightDecay: number): number {
  return weightDecay === 0 ? gradient : fround(gradient + fround(weightDecay * weight));
}

export function sgd(operation: Sgd, arena: Float32Array, { rate }: StepContext): boolean {
  const weight = numbersOf(arena, operation.weight);
  const gradient = numbersOf(arena, operation.gradient);
  for (let i = 0; i < weight.length; i++) {
    const g = decayed(gradient[i]!, weight[i]!, operation.weightDecay);
    weight[i] = fround(weight[i]! - fround(rate * g));
  }
  return allFinite(weight);
}

export function sgdMomentum(operation: SgdMomentum, arena: Float32Array, { rate }: StepContext): boolean {
  const { momentum, nesterov, weightDecay } = operation;
  const weight = numbersOf(arena, operation.weight);
  const gradient = numbersOf(arena, operation.gradient);
  const velocity = numbersOf(arena, operation.velocity);
  for (let i = 0; i < weight.length; i++) {
    const g = decayed(gradient[i]!, weight[i]!, weightDecay);
    const v = fround(fround(momentum * velocity[i]!) + g);
    const direction = nesterov ? fround(g + fround(momentum * v)) : v;
    velocity[i] = v;
    weight[i] = fround(weight[i]! - fround(rate * direction));
  }
  return allFinite(weight);
}

export function adamW(operation: AdamW, arena: Float32Array, context: StepContext): boolean {
  const { beta1, beta2, epsilon, weightDecay } = operation;
  const { rate, firstCorrection, secondCorrection } = context;
  const weight = numbersOf(arena, operation.weight);
  const gradient = numbersOf(arena, operation.gradient);
  const first = numbersOf(arena, operation.firstMoment);
  const second = numbersOf(arena, operation.secondMoment);
  const [rest1, rest2] = [fround(1 - beta1), fround(1 - beta2)];
  const shrink = fround(1 - fround(rate * weightDecay));
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i]!;
    const m = fround(fround(beta1 * first[i]!) + fround(rest1 * g));
    const v = fround(fround(beta2 * second[i]!) + fround(fround(rest2 * g) * g));
    const spread = fround(fround(Math.sqrt(fround(v * secondCorrection))) + epsilon);
    const update = fround(fround(m * firstCorrection) / spread);
    const kept = weightDecay === 0 ? weight[i]! : fround(weight[i]! * shrink);
    first[i] = m;
    second[i] = v;
    weight[i] = fround(kept - fround(rate * update));
  }
  return allFinite(weight);
}
