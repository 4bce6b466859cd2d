/** The window of convolutions and pools: what shape it takes and what it gives. Holds no layer. */
import type { Window } from "../operations/window.ts";
import { shapeRefused } from "./layerKind.ts";

/** The sizes of a layer that slides a square window over `[rows, columns, channels]`. */
export interface WindowSizes {
  readonly type: string;
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

/** @returns shape after the window has gone over an image, with that many channels. @throws {EngineError} `ENGINE_LAYER_SHAPE` */
export function windowShape(
  sizes: WindowSizes,
  input: readonly number[],
  { path, channels }: { readonly path: string; readonly channels: number | undefined },
): readonly number[] {
  const { type, size, stride, padding } = sizes;
  if (input.length !== 3) {
    throw shapeRefused({ path, type, shape: input }, "images have the shape [rows, columns, channels]");
  }
  const [height, width, depth] = input as readonly [number, number, number];
  if (size > Math.min(height, width) + 2 * padding) {
    throw shapeRefused({ path, type, shape: input }, `a window of ${size} is larger than the padded image`);
  }
  const steps = (length: number): number => Math.floor((length + 2 * padding - size) / stride) + 1;
  return [steps(height), steps(width), channels ?? depth];
}

/** @returns the window over a batch of images of a shape that {@link windowShape} has accepted. */
export function windowOver(batch: number, input: readonly number[], sizes: Omit<WindowSizes, "type">): Window {
  const [height, width, channels] = input as readonly [number, number, number];
  const { size, stride, padding } = sizes;
  const steps = (length: number): number => Math.floor((length + 2 * padding - size) / stride) + 1;
  return {
    ...{ batch, height, width, channels, size, stride, padding },
    outHeight: steps(height),
    outWidth: steps(width),
  };
}
