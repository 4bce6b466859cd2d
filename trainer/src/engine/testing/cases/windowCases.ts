/** Pools. Not for use outside tests. */
import type { Window } from "../../operations/window.ts";
import type { RandomStream } from "../../philox.ts";
import { coarse, each, type OperationCase, ordinary } from "./operationCase.ts";

const WINDOWS = [
  { batch: 1, height: 1, width: 1, channels: 1, size: 1, stride: 1 },
  { batch: 9, height: 4, width: 2, channels: 3, size: 2, stride: 2 },
  { batch: 3, height: 6, width: 6, channels: 6, size: 2, stride: 2 },
  { batch: 2, height: 7, width: 5, channels: 16, size: 2, stride: 2 },
  { batch: 2, height: 7, width: 9, channels: 3, size: 2, stride: 3 },
  { batch: 2, height: 8, width: 8, channels: 20, size: 3, stride: 3 },
  { batch: 3, height: 9, width: 8, channels: 5, size: 3, stride: 2 },
  { batch: 2, height: 5, width: 6, channels: 33, size: 2, stride: 1 },
] as const;

/** Pools. */
export function* poolCases(stream: RandomStream): Generator<OperationCase> {
  for (const sizes of WINDOWS) {
    const { batch, height, width, channels, size, stride } = sizes;
    const outHeight = Math.floor((height - size) / stride) + 1;
    const outWidth = Math.floor((width - size) / stride) + 1;
    const window: Window = { ...sizes, padding: 0, outHeight, outWidth };
    const [inputs, outs] = [batch * height * width * channels, batch * outHeight * outWidth * channels];
    const label = `of ${batch} × ${height} × ${width} × ${channels}, size ${size}, stride ${stride}`;
    for (const kind of ["maxPool", "averagePool"] as const) {
      yield* each(stream, label, (layout, fill) => {
        const [input, out] = [layout.slot(inputs, fill), layout.slot(outs, ordinary)];
        return [{ kind, window, input, out }, [out]];
      });
    }
    for (const isMasked of [false, true]) {
      yield* each(stream, label, (layout, fill) => {
        const [input, outGradient] = [layout.slot(inputs, fill), layout.slot(outs, fill)];
        const [inputGradient, mask] = [
          layout.slot(inputs, ordinary),
          isMasked ? layout.slot(inputs, coarse) : undefined,
        ];
        return [{ kind: "maxPoolBackward", window, input, outGradient, inputGradient, mask }, [inputGradient]];
      });
    }
    yield* each(stream, label, (layout, fill) => {
      const [outGradient, inputGradient] = [layout.slot(outs, fill), layout.slot(inputs, ordinary)];
      return [{ kind: "averagePoolBackward", window, outGradient, inputGradient }, [inputGradient]];
    });
  }
}
