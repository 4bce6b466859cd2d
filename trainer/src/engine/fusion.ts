/**
 * Joins neighbouring operations where that cannot change a bit: the same roundings in the same order, fewer passes over
 * memory. Adds and reorders nothing.
 */
import type { Operation } from "./operations.ts";

/**
 * A relu goes into the matrix product, convolution or bias before it, and the backward pass of a relu into the operation
 * before it that writes the gradient, as its `mask`; only where both name the same slot.
 *
 * @param onJoined told of each operation that stands for `previous` and the one after.
 */
export function fuse(
  operations: readonly Operation[],
  onJoined: (joined: Operation, previous: Operation) => void,
): Operation[] {
  const fused: Operation[] = [];
  for (const operation of operations) {
    const previous = fused.at(-1);
    const joined =
      previous === undefined ? undefined : (withRelu(previous, operation) ?? withMask(previous, operation));
    if (previous === undefined || joined === undefined) fused.push(operation);
    else {
      fused[fused.length - 1] = joined;
      onJoined(joined, previous);
    }
  }
  return fused;
}

function withRelu(previous: Operation, next: Operation): Operation | undefined {
  if (next.kind !== "relu" || next.input !== next.output) return undefined;
  switch (previous.kind) {
    case "matmul":
      return previous.out === next.output && previous.mask === undefined ? { ...previous, relu: true } : undefined;
    case "conv2d":
      return previous.out === next.output ? { ...previous, relu: true } : undefined;
    case "addBias":
      return previous.data === next.output ? { ...previous, relu: true } : undefined;
    default:
      return undefined;
  }
}

function withMask(previous: Operation, next: Operation): Operation | undefined {
  if (next.kind !== "reluBackward") return undefined;
  const mask = next.output;
  switch (previous.kind) {
    case "matmul":
      return previous.out === next.gradient && previous.mask === undefined ? { ...previous, mask } : undefined;
    case "conv2dBackwardInput":
    case "maxPoolBackward":
      return previous.inputGradient === next.gradient && previous.mask === undefined
        ? { ...previous, mask }
        : undefined;
    default:
      return undefined;
  }
}
