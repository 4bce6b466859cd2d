/** The definition of `operations/window.ts` in plain loops. Slow on purpose; where another executor differs, this is right. */
import type {
  AveragePool,
  AveragePoolBackward,
  Conv2d,
  Conv2dBackwardInput,
  Conv2dBackwardWeight,
  MaxPool,
  MaxPoolBackward,
  Window,
} from "../operations/window.ts";
import { numbersOf, rectify } from "./numbers.ts";

const { fround } = Math;

/** Calls `visit` with every position of the output, in rising order: image, row, column. */
function forEachPosition(
  { batch, outHeight, outWidth }: Window,
  visit: (n: number, y: number, x: number) => void,
): void {
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < outHeight; y++) for (let x = 0; x < outWidth; x++) visit(n, y, x);
  }
}

/** @returns a function that reads the input with its rings of +0; rows and columns count from the padded image's corner. */
function createPadded({ height, width, channels, padding }: Window, input: Float32Array) {
  return (n: number, row: number, column: number, c: number): number => {
    const [h, w] = [row - padding, column - padding];
    if (h < 0 || h >= height || w < 0 || w >= width) return 0;
    return input[((n * height + h) * width + w) * channels + c]!;
  };
}

export function conv2d({ window, filters, relu, ...slots }: Conv2d, arena: Float32Array): void {
  const { size, stride, channels, outHeight, outWidth } = window;
  const padded = createPadded(window, numbersOf(arena, slots.input));
  const weight = numbersOf(arena, slots.weight);
  const bias = numbersOf(arena, slots.bias);
  const out = numbersOf(arena, slots.out);
  forEachPosition(window, (n, y, x) => {
    for (let f = 0; f < filters; f++) {
      let sum = 0;
      let k = f * size * size * channels; // (u, v, c) runs along the weight's row
      for (let u = 0; u < size; u++) {
        for (let v = 0; v < size; v++) {
          for (let c = 0; c < channels; c++) {
            sum = fround(sum + fround(padded(n, y * stride + u, x * stride + v, c) * weight[k++]!));
          }
        }
      }
      sum = fround(sum + bias[f]!);
      out[((n * outHeight + y) * outWidth + x) * filters + f] = relu ? rectify(sum) : sum;
    }
  });
}

export function conv2dBackwardWeight({ window, filters, ...slots }: Conv2dBackwardWeight, arena: Float32Array): void {
  const { size, stride, channels, outHeight, outWidth } = window;
  const padded = createPadded(window, numbersOf(arena, slots.input));
  const outGradient = numbersOf(arena, slots.outGradient);
  const weightGradient = numbersOf(arena, slots.weightGradient);
  for (let at = 0; at < weightGradient.length; at++) {
    const c = at % channels;
    const v = Math.floor(at / channels) % size;
    const u = Math.floor(at / channels / size) % size;
    const f = Math.floor(at / channels / size / size);
    let sum = 0;
    forEachPosition(window, (n, y, x) => {
      const gradient = outGradient[((n * outHeight + y) * outWidth + x) * filters + f]!;
      sum = fround(sum + fround(gradient * padded(n, y * stride + u, x * stride + v, c)));
    });
    weightGradient[at] = sum;
  }
}

/** @returns a function that reads the output's gradient, spread over the padded image as the operation says. */
function createSpread({ size, stride, padding, outHeight, outWidth }: Window, gradient: Float32Array, filters: number) {
  const before = size - 1 - padding;
  return (n: number, row: number, column: number, f: number): number => {
    const [y, x] = [(row - before) / stride, (column - before) / stride];
    if (!Number.isInteger(y) || !Number.isInteger(x)) return 0;
    if (y < 0 || y >= outHeight || x < 0 || x >= outWidth) return 0;
    return gradient[((n * outHeight + y) * outWidth + x) * filters + f]!;
  };
}

export function conv2dBackwardInput({ window, filters, ...slots }: Conv2dBackwardInput, arena: Float32Array): void {
  const { batch, height, width, channels, size } = window;
  const spread = createSpread(window, numbersOf(arena, slots.outGradient), filters);
  const weight = numbersOf(arena, slots.weight);
  const inputGradient = numbersOf(arena, slots.inputGradient);
  const mask = slots.mask && numbersOf(arena, slots.mask);
  for (let at = 0; at < batch * height * width * channels; at++) {
    const c = at % channels;
    const w = Math.floor(at / channels) % width;
    const h = Math.floor(at / channels / width) % height;
    const n = Math.floor(at / channels / width / height);
    let sum = 0;
    for (let u = 0; u < size; u++) {
      for (let v = 0; v < size; v++) {
        for (let f = 0; f < filters; f++) {
          const turned = weight[((f * size + size - 1 - u) * size + size - 1 - v) * channels + c]!;
          sum = fround(sum + fround(spread(n, h + u, w + v, f) * turned));
        }
      }
    }
    inputGradient[at] = mask === undefined || mask[at]! > 0 ? sum : 0;
  }
}

/** Index of the input element under window `(y, x)` of image n, at row u and column v of it, channel c. */
function under({ height, width, channels, stride }: Window, [n, y, x]: Position, [u, v, c]: Position): number {
  return ((n * height + y * stride + u) * width + x * stride + v) * channels + c;
}

type Position = readonly [number, number, number];

/** Where the largest value under a window is: the first of equals. */
function argmax(window: Window, input: Float32Array, { at, c }: { readonly at: Position; readonly c: number }): number {
  let best = under(window, at, [0, 0, c]);
  for (let u = 0; u < window.size; u++) {
    for (let v = 0; v < window.size; v++) {
      const candidate = under(window, at, [u, v, c]);
      if (input[candidate]! > input[best]!) best = candidate;
    }
  }
  return best;
}

export function maxPool({ window, input, out }: MaxPool, arena: Float32Array): void {
  const values = numbersOf(arena, input);
  const largest = numbersOf(arena, out);
  let next = 0;
  forEachPosition(window, (...at) => {
    for (let c = 0; c < window.channels; c++) largest[next++] = values[argmax(window, values, { at, c })]!;
  });
}

export function maxPoolBackward({ window, input, mask, ...slots }: MaxPoolBackward, arena: Float32Array): void {
  const values = numbersOf(arena, input);
  const outGradient = numbersOf(arena, slots.outGradient);
  const inputGradient = numbersOf(arena, slots.inputGradient).fill(0);
  let next = 0;
  forEachPosition(window, (...at) => {
    for (let c = 0; c < window.channels; c++) {
      const taken = argmax(window, values, { at, c });
      inputGradient[taken] = fround(inputGradient[taken]! + outGradient[next++]!);
    }
  });
  if (mask === undefined) return;
  const gate = numbersOf(arena, mask);
  for (let i = 0; i < inputGradient.length; i++) if (!(gate[i]! > 0)) inputGradient[i] = 0;
}

export function averagePool({ window, input, out }: AveragePool, arena: Float32Array): void {
  const values = numbersOf(arena, input);
  const means = numbersOf(arena, out);
  const { size, channels } = window;
  let next = 0;
  forEachPosition(window, (...at) => {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let u = 0; u < size; u++) {
        for (let v = 0; v < size; v++) sum = fround(sum + values[under(window, at, [u, v, c])]!);
      }
      means[next++] = fround(sum / fround(size * size));
    }
  });
}

export function averagePoolBackward({ window, ...slots }: AveragePoolBackward, arena: Float32Array): void {
  const outGradient = numbersOf(arena, slots.outGradient);
  const inputGradient = numbersOf(arena, slots.inputGradient).fill(0);
  const { size, channels } = window;
  let next = 0;
  forEachPosition(window, (...at) => {
    for (let c = 0; c < channels; c++) {
      const share = fround(outGradient[next++]! / fround(size * size));
      for (let u = 0; u < size; u++) {
        for (let v = 0; v < size; v++) {
          const held = under(window, at, [u, v, c]);
          inputGradient[held] = fround(inputGradient[held]! + share);
        }
      }
    }
  });
}
