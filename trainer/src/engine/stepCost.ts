/** How long a step takes, as a number that every machine agrees on. Measures nothing. */

import type { Window } from "./operations/window.ts";
import type { Operation } from "./operations.ts";

/**
 * @returns multiplications of one pass through `operations`, by the sums that grow faster than memory does: products,
 *   windows and attention. What goes once over its numbers is left out, for memory bounds it.
 */
export function multiplicationsOf(operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => sum + costOf(operation), 0);
}

function costOf(operation: Operation): number {
  switch (operation.kind) {
    case "matmul":
      return operation.rows * operation.columns * operation.inner;
    case "conv2d":
    case "conv2dBackwardWeight":
      return operation.filters * underWindows(operation.window);
    case "conv2dBackwardInput": {
      const { batch, height, width, size, channels } = operation.window; // zeros between strides take part
      return batch * height * width * size * size * channels * operation.filters;
    }
    case "maxPool":
    case "maxPoolBackward":
    case "averagePool":
    case "averagePoolBackward":
      return underWindows(operation.window);
    case "attention":
    case "attentionBackward": {
      const { batch, length, heads, headSize } = operation.shape;
      const products = operation.kind === "attention" ? 2 : 5; // of rows of a head, one for every pair of positions
      return products * batch * heads * length * length * headSize;
    }
    default:
      return 0;
  }
}

/** Numbers that all windows of all images see together. */
function underWindows({ batch, outHeight, outWidth, size, channels }: Window): number {
  return batch * outHeight * outWidth * size * size * channels;
}
