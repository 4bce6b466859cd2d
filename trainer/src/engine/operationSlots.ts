/** Which slots an operation touches and which it writes: what planning and diagnosis need to know. Computes nothing. */

import type { MatrixView, Slot } from "./operations/slot.ts";
import type { Operation } from "./operations.ts";

/** @returns every slot that the operation names, in no particular order; one named twice appears twice. */
export function slotsOf(operation: Operation): Slot[] {
  const fields: readonly unknown[] = Object.values(operation);
  return fields.flatMap((field) => {
    if (typeof field !== "object" || field === null) return [];
    if ("offset" in field) return [field as Slot];
    return "slot" in field ? [(field as MatrixView).slot] : [];
  });
}

/** @returns the slots whose numbers the operation sets, those it works on in place included. */
export function writtenSlots(operation: Operation): readonly Slot[] {
  switch (operation.kind) {
    case "matmul":
    case "columnSums":
    case "conv2d":
    case "maxPool":
    case "averagePool":
      return [operation.out];
    case "conv2dBackwardInput":
    case "maxPoolBackward":
    case "averagePoolBackward":
    case "layerNormBackwardInput":
      return [operation.inputGradient];
    case "conv2dBackwardWeight":
    case "embeddingBackward":
      return [operation.weightGradient];
    case "layerNormBackwardWeight":
      return [operation.weightGradient, operation.biasGradient];
    case "addBias":
    case "scale":
      return [operation.data];
    case "relu":
    case "gelu":
    case "tanh":
    case "softmax":
    case "add":
    case "copy":
    case "dropout":
    case "embedding":
    case "attention":
      return [operation.output];
    case "layerNorm":
      return [operation.output, operation.mean, operation.scale];
    default:
      return writtenWhileLearning(operation);
  }
}

type Learning = Extract<
  Operation,
  {
    readonly kind:
      | `${"relu" | "gelu" | "tanh" | "softmax" | "dropout" | "attention"}Backward`
      | ("softmaxCrossEntropy" | "meanSquaredError" | "squareSum" | "clipFactor" | "sgd" | "sgdMomentum" | "adamW");
  }
>;

function writtenWhileLearning(operation: Learning): readonly Slot[] {
  switch (operation.kind) {
    case "reluBackward":
    case "geluBackward":
    case "tanhBackward":
    case "softmaxBackward":
    case "dropoutBackward":
      return [operation.gradient];
    case "attentionBackward":
      return [operation.qkvGradient];
    case "softmaxCrossEntropy":
    case "meanSquaredError":
      return [operation.gradient, operation.loss];
    case "squareSum":
      return [operation.sum];
    case "clipFactor":
      return [operation.factor];
    case "sgd":
      return [operation.weight];
    case "sgdMomentum":
      return [operation.weight, operation.velocity];
    case "adamW":
      return [operation.weight, operation.firstMoment, operation.secondMoment];
    default:
      return operation satisfies never;
  }
}
