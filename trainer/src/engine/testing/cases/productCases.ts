/** Matrix products and convolutions, with sizes around those of tiles. Not for use outside tests. */
import type { MatrixView, Slot } from "../../operations/slot.ts";
import type { Window } from "../../operations/window.ts";
import type { RandomStream } from "../../philox.ts";
import { coarse, each, type OperationCase, ordinary } from "./operationCase.ts";

/** Rows, columns, inner. */
const PRODUCTS = [
  [1, 1, 1],
  [1, 40, 9],
  [33, 1, 5],
  [5, 3, 2],
  [8, 32, 16],
  [13, 35, 7],
  [32, 10, 21],
  [31, 50, 4],
  [67, 19, 33],
] as const;

/** Both matrices in either order of memory, and one with gaps between its numbers. */
const ORDERS = [
  { left: "rows", right: "rows" },
  { left: "rows", right: "columns" },
  { left: "columns", right: "rows" },
  { left: "columns", right: "columns" },
  { left: "gaps", right: "columns" },
] as const;

function view(slot: Slot, order: "rows" | "columns" | "gaps", rows: number, columns: number): MatrixView {
  if (order === "columns") return { slot, rowStride: 1, columnStride: rows };
  const gap = order === "gaps" ? 2 : 1;
  return { slot, rowStride: gap * columns, columnStride: gap };
}

export function* matmulCases(stream: RandomStream): Generator<OperationCase> {
  for (const [rows, columns, inner] of PRODUCTS) {
    for (const [at, order] of ORDERS.entries()) {
      const label = `${rows} × ${columns} × ${inner}, left by ${order.left}, right by ${order.right}`;
      yield* each(stream, label, (layout, fill) => {
        const gap = order.left === "gaps" ? 2 : 1;
        const left = view(layout.slot(gap * rows * inner, fill), order.left, rows, inner);
        const right = view(layout.slot(inner * columns, fill), order.right, inner, columns);
        const out = layout.slot(rows * columns, ordinary);
        const bias = at % 2 === 0 ? layout.slot(columns, fill) : undefined;
        const mask = at % 3 === 0 ? layout.slot(rows * columns, coarse) : undefined;
        const relu = at % 2 === 0 && at > 0;
        const sizes = { role: "denseForward", rows, columns, inner } as const;
        return [{ kind: "matmul", ...sizes, left, right, out, bias, relu, mask }, [out]];
      });
    }
  }
}

/** Filters beside a window. */
const CONVOLUTIONS = [
  [1, { batch: 1, height: 1, width: 1, channels: 1, size: 1, stride: 1, padding: 0 }],
  [6, { batch: 3, height: 9, width: 10, channels: 1, size: 5, stride: 1, padding: 2 }],
  [16, { batch: 2, height: 7, width: 7, channels: 6, size: 5, stride: 1, padding: 0 }],
  [33, { batch: 2, height: 6, width: 5, channels: 3, size: 3, stride: 1, padding: 1 }],
  [9, { batch: 2, height: 8, width: 7, channels: 17, size: 3, stride: 2, padding: 1 }],
  [24, { batch: 5, height: 6, width: 8, channels: 4, size: 2, stride: 3, padding: 1 }],
  [5, { batch: 2, height: 4, width: 4, channels: 33, size: 1, stride: 1, padding: 0 }],
  [40, { batch: 1, height: 5, width: 19, channels: 2, size: 3, stride: 1, padding: 2 }],
] as const;

export function* convolutionCases(stream: RandomStream): Generator<OperationCase> {
  for (const [filters, sizes] of CONVOLUTIONS) {
    const { batch, height, width, channels, size, stride, padding } = sizes;
    const outHeight = Math.floor((height + 2 * padding - size) / stride) + 1;
    const outWidth = Math.floor((width + 2 * padding - size) / stride) + 1;
    const window: Window = { ...sizes, outHeight, outWidth };
    const [inputs, outs] = [batch * height * width * channels, batch * outHeight * outWidth * filters];
    const weights = filters * size * size * channels;
    const label = `${height} × ${width} × ${channels} to ${filters}, size ${size}, stride ${stride}, padding ${padding}`;
    for (const relu of [false, true]) {
      yield* each(stream, label, (layout, fill) => {
        const [input, weight] = [layout.slot(inputs, fill), layout.slot(weights, relu ? ordinary : fill)];
        const [bias, out] = [layout.slot(filters, fill), layout.slot(outs, ordinary)];
        return [{ kind: "conv2d", window, filters, input, weight, bias, out, relu }, [out]];
      });
      yield* each(stream, label, (layout, fill) => {
        const [outGradient, weight] = [layout.slot(outs, fill), layout.slot(weights, relu ? ordinary : fill)];
        const inputGradient = layout.slot(inputs, ordinary);
        const mask = relu ? layout.slot(inputs, coarse) : undefined;
        const slots = { weight, outGradient, inputGradient, mask };
        return [{ kind: "conv2dBackwardInput", window, filters, ...slots }, [inputGradient]];
      });
    }
    yield* each(stream, label, (layout, fill) => {
      const [input, outGradient] = [layout.slot(inputs, fill), layout.slot(outs, fill)];
      const weightGradient = layout.slot(weights, ordinary);
      return [{ kind: "conv2dBackwardWeight", window, filters, input, outGradient, weightGradient }, [weightGradient]];
    });
  }
}
