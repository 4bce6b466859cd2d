/**
 * How much memory of its own a thread of the C kernels needs for a program: an upper bound, whatever the width of vectors.
 *
 * Kernels compute the exact length in 32 signed bits, so a program is refused by this bound before they are asked. A
 * change to a kernel's scratch may need a change here; a test compares the two.
 */

import type { Window } from "./operations/window.ts";
import type { Operation } from "./operations.ts";

/** No vector holds more numbers, and no strip is wider than two vectors. */
const LANES = 16;
const STRIP = 2 * LANES;
/** What of a product is copied at a time: so many rows of so many numbers of one side, so many numbers of the other. */
const PANEL_ROWS = 96;
const BLOCK_INNER = 384;
const BLOCK_NUMBERS = 128 * BLOCK_INNER;

/** @returns the bound of the neediest operation, and which it is. Unit: binary32 elements. */
export function scratchOf(operations: readonly Operation[]): { readonly length: number; readonly at: number } {
  let most = { length: 0, at: 0 };
  operations.forEach((operation, at) => {
    const length = scratchBound(operation);
    if (length > most.length) most = { length, at };
  });
  return most;
}

function scratchBound(operation: Operation): number {
  switch (operation.kind) {
    case "matmul": {
      const inner = Math.min(operation.inner, BLOCK_INNER);
      const columns = Math.ceil(Math.max(operation.rows, operation.columns) / STRIP) * STRIP;
      return padded(inner) + inner * PANEL_ROWS + Math.min(BLOCK_NUMBERS, inner * columns);
    }
    case "conv2d": {
      const { window, filters } = operation;
      return taps(window, window.channels, filters) + paddedImage(window) + padded(window.outWidth * filters);
    }
    case "conv2dBackwardWeight": {
      const { window, filters } = operation;
      const pixels = window.outHeight * window.outWidth;
      return taps(window, window.channels, filters) + paddedImage(window) + padded(pixels) + pixels * STRIP;
    }
    case "conv2dBackwardInput": {
      const { window, filters } = operation;
      const { height, width, size, channels } = window;
      return taps(window, filters, channels) + padded((height + size - 1) * (width + size - 1) * filters);
    }
    case "attention":
    case "attentionBackward": {
      const { length, headSize } = operation.shape;
      return headSize * LANES + 2 * length * padded(length) + 3 * length * padded(headSize);
    }
    default:
      return 0;
  }
}

/** Weights in strips of output columns, and where each lies in the image. */
function taps({ size }: Window, depth: number, columns: number): number {
  const inner = size * size * depth;
  return padded(inner) + inner * Math.ceil(columns / STRIP) * STRIP;
}

function paddedImage({ height, width, padding, channels }: Window): number {
  return padded((height + 2 * padding) * (width + 2 * padding) * channels);
}

function padded(length: number): number {
  return Math.ceil(length / LANES) * LANES;
}
