/**
 * A training program as a table of 32-bit words, for executors that run the C kernels.
 *
 * `trainer/kernels/program.h` declares the same records; a change to one is a change to both. Offsets are elements of the
 * arena, numbers in binary32 are stored as their bits.
 */

import type { MatrixView, Slot } from "./operations/slot.ts";
import type { Window } from "./operations/window.ts";
import type { Operation } from "./operations.ts";

/** Words of one operation in the table; unused ones are 0. */
export const OPERATION_WORDS = 32;

const NONE = -1;

/** In the order of `enum kind`. */
const KINDS = [
  "matmul",
  "addBias",
  "columnSums",
  "conv2d",
  "conv2dBackwardWeight",
  "conv2dBackwardInput",
  "maxPool",
  "maxPoolBackward",
  "averagePool",
  "averagePoolBackward",
  "relu",
  "reluBackward",
  "gelu",
  "geluBackward",
  "tanh",
  "tanhBackward",
  "softmax",
  "softmaxBackward",
  "add",
  "copy",
  "dropout",
  "dropoutBackward",
  "layerNorm",
  "layerNormBackwardInput",
  "layerNormBackwardWeight",
  "embedding",
  "embeddingBackward",
  "attention",
  "attentionBackward",
  "softmaxCrossEntropy",
  "meanSquaredError",
  "squareSum",
  "clipFactor",
  "scale",
  "sgd",
  "sgdMomentum",
  "adamW",
] as const satisfies readonly Operation["kind"][];

/** @returns the table, `OPERATION_WORDS` words an operation, in order. */
export function encodeProgram(operations: readonly Operation[]): Int32Array {
  const table = new Int32Array(operations.length * OPERATION_WORDS);
  operations.forEach((operation, at) => {
    table.set([KINDS.indexOf(operation.kind), ...wordsOf(operation)], at * OPERATION_WORDS);
  });
  return table;
}

/** Everything after the kind. */
function wordsOf(operation: Operation): readonly number[] {
  switch (operation.kind) {
    case "matmul":
      return [
        ...[operation.rows, operation.columns, operation.inner],
        ...[...view(operation.left), ...view(operation.right)],
        ...[at(operation.out), at(operation.bias), Number(operation.relu), at(operation.mask)],
      ];
    case "addBias":
      return [operation.rows, operation.columns, at(operation.bias), at(operation.data), Number(operation.relu)];
    case "columnSums":
      return [operation.rows, operation.columns, at(operation.data), at(operation.out)];
    case "conv2d": {
      const { window, filters, input, weight, bias, out, relu } = operation;
      return [...sizes(window), filters, at(input), at(weight), at(bias), at(out), Number(relu)];
    }
    case "conv2dBackwardWeight": {
      const { window, filters, input, outGradient, weightGradient } = operation;
      return [...sizes(window), filters, at(input), at(outGradient), at(weightGradient)];
    }
    case "conv2dBackwardInput": {
      const { window, filters, weight, outGradient, inputGradient, mask } = operation;
      return [...sizes(window), filters, at(weight), at(outGradient), at(inputGradient), at(mask)];
    }
    case "maxPool":
    case "averagePool":
      return [...sizes(operation.window), at(operation.input), at(operation.out)];
    case "maxPoolBackward": {
      const { window, input, outGradient, inputGradient, mask } = operation;
      return [...sizes(window), at(input), at(outGradient), at(inputGradient), at(mask)];
    }
    case "averagePoolBackward":
      return [...sizes(operation.window), at(operation.outGradient), at(operation.inputGradient)];
    case "relu":
    case "gelu":
    case "tanh":
    case "copy":
      return [operation.input.length, at(operation.input), at(operation.output)];
    case "reluBackward":
    case "tanhBackward":
      return [operation.gradient.length, at(operation.output), at(operation.gradient)];
    case "geluBackward":
      return [operation.gradient.length, at(operation.input), at(operation.gradient)];
    case "softmax":
      return [operation.rows, operation.columns, at(operation.input), at(operation.output)];
    case "softmaxBackward":
      return [operation.rows, operation.columns, at(operation.output), at(operation.gradient)];
    case "add":
      return [operation.input.length, at(operation.input), at(operation.other), at(operation.output)];
    case "dropout":
      return [operation.input.length, ...mask(operation), at(operation.input), at(operation.output)];
    case "dropoutBackward":
      return [operation.gradient.length, ...mask(operation), at(operation.gradient), at(operation.gradient)];
    default:
      return moreWordsOf(operation);
  }
}

type Remaining = Extract<
  Operation,
  {
    readonly kind:
      | "layerNorm"
      | "layerNormBackwardInput"
      | "layerNormBackwardWeight"
      | "embedding"
      | "embeddingBackward"
      | "attention"
      | "attentionBackward"
      | "softmaxCrossEntropy"
      | "meanSquaredError"
      | "squareSum"
      | "clipFactor"
      | "scale"
      | "sgd"
      | "sgdMomentum"
      | "adamW";
  }
>;

function moreWordsOf(operation: Remaining): readonly number[] {
  switch (operation.kind) {
    case "layerNorm": {
      const { rows, columns, input, weight, bias, output, mean, scale } = operation;
      return [rows, columns, ...[input, weight, bias, output, mean, scale].map(at)];
    }
    case "layerNormBackwardInput": {
      const { rows, columns, input, weight, mean, scale, outputGradient, inputGradient } = operation;
      return [rows, columns, ...[input, weight, mean, scale, outputGradient, inputGradient].map(at)];
    }
    case "layerNormBackwardWeight": {
      const { rows, columns, input, mean, scale, outputGradient, weightGradient, biasGradient } = operation;
      return [rows, columns, ...[input, mean, scale, outputGradient, weightGradient, biasGradient].map(at)];
    }
    case "embedding":
      return [...table(operation), at(operation.weight), at(operation.output)];
    case "embeddingBackward":
      return [...table(operation), at(operation.outputGradient), at(operation.weightGradient)];
    case "attention":
      return [...heads(operation), at(operation.qkv), at(operation.output)];
    case "attentionBackward":
      return [...heads(operation), ...[operation.qkv, operation.outputGradient, operation.qkvGradient].map(at)];
    case "softmaxCrossEntropy": {
      const { rows, columns, logits, targets, gradient, loss } = operation;
      return [rows, columns, ...[logits, targets, gradient, loss].map(at)];
    }
    case "meanSquaredError": {
      const { outputs, targets, gradient, loss } = operation;
      return [outputs.length, ...[outputs, targets, gradient, loss].map(at)];
    }
    case "squareSum":
      return [operation.gradient.length, at(operation.gradient), at(operation.sum), Number(operation.isFirst)];
    case "clipFactor":
      return [bits(operation.maximum), at(operation.sum), at(operation.factor)];
    case "scale":
      return [operation.data.length, at(operation.data), at(operation.factor)];
    case "sgd":
      return [operation.weight.length, bits(operation.weightDecay), at(operation.weight), at(operation.gradient)];
    case "sgdMomentum": {
      const { momentum, nesterov, weightDecay, weight, gradient, velocity } = operation;
      const slots = [weight, gradient, velocity].map(at);
      return [weight.length, bits(momentum), Number(nesterov), bits(weightDecay), ...slots];
    }
    case "adamW": {
      const { beta1, beta2, epsilon, weightDecay, weight, gradient, firstMoment, secondMoment } = operation;
      const numbers = [beta1, beta2, epsilon, weightDecay].map(bits);
      return [weight.length, ...numbers, ...[weight, gradient, firstMoment, secondMoment].map(at)];
    }
    default:
      return operation satisfies never;
  }
}

function at(slot: Slot | undefined): number {
  return slot === undefined ? NONE : slot.offset;
}

function view({ slot, rowStride, columnStride }: MatrixView): readonly number[] {
  return [slot.offset, rowStride, columnStride];
}

function sizes(window: Window): readonly number[] {
  const { batch, height, width, channels, size, stride, padding, outHeight, outWidth } = window;
  return [batch, height, width, channels, size, stride, padding, outHeight, outWidth];
}

function mask({ stream, keep }: { readonly stream: number; readonly keep: number }): readonly number[] {
  return [stream, dropoutThreshold(keep), bits(dropoutScale(keep))];
}

/** `⌈keep · 2²⁴⌉`: a 24-bit random number below it lets its element through. */
export function dropoutThreshold(keep: number): number {
  return Math.ceil(keep * 16_777_216);
}

/** `fl(1 / keep)`. */
export function dropoutScale(keep: number): number {
  return Math.fround(1 / keep);
}

function table(operation: {
  readonly rows: number;
  readonly units: number;
  readonly vocabulary: number;
  readonly tokens: Slot;
}): readonly number[] {
  return [operation.rows, operation.units, operation.vocabulary, at(operation.tokens)];
}

function heads({ shape }: Extract<Operation, { readonly kind: "attention" | "attentionBackward" }>): readonly number[] {
  return [shape.batch, shape.length, shape.heads, shape.headSize];
}

/** The word that holds a binary32 number. */
function bits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}
