/** Every layer in binary64, as textbooks write it; see `float64Network.ts`. Not for use outside tests. */
import type { Layer } from "../architecture.ts";
import { type Array64, chain64, type Site64 } from "./float64Network.ts";

type Definition<T extends Layer["type"]> = (
  x: Array64,
  layer: Extract<Layer, { readonly type: T }>,
  site: Site64,
) => Array64;

/** Layer → function of one example. */
export const layers64: { readonly [T in Layer["type"]]: Definition<T> } = {
  dense: (x, _layer, { weight }) => affine(x, weight("weight"), weight("bias")),
  conv2d(x, { filters, kernel, stride = 1, padding = 0 }, { weight }) {
    const [w, b] = [weight("weight"), weight("bias")];
    const channels = x.shape[2]!;
    return slide(x, { size: kernel, stride, padding, channels: filters }, (f, pixel) => {
      let sum = b[f]!;
      for (let u = 0; u < kernel; u++) {
        for (let v = 0; v < kernel; v++) {
          for (let c = 0; c < channels; c++)
            sum += (pixel(u, v, c) ?? 0) * w[((f * kernel + u) * kernel + v) * channels + c]!;
        }
      }
      return sum;
    });
  },
  maxPool: (x, { size, stride = size }) =>
    slide(x, { size, stride, padding: 0, channels: x.shape[2]! }, (c, pixel) => Math.max(...window(size, c, pixel))),
  averagePool: (x, { size, stride = size }) =>
    slide(x, { size, stride, padding: 0, channels: x.shape[2]! }, (c, pixel) => mean(window(size, c, pixel))),
  flatten: ({ data }) => ({ shape: [data.length], data }),
  relu: (x) => each(x, (value) => Math.max(value, 0)),
  gelu: (x) => each(x, (value) => value * normalDistribution(value)),
  tanh: (x) => each(x, Math.tanh),
  softmax: (x) => eachRow(x, (row) => softmax(row)),
  layerNorm(x, _layer, { weight }) {
    const [w, b] = [weight("weight"), weight("bias")];
    return eachRow(x, (row) => {
      const centre = mean(row);
      const spread = Math.sqrt(mean(row.map((value) => (value - centre) ** 2)) + 1e-5);
      return row.map((value, j) => ((value - centre) / spread) * w[j]! + b[j]!);
    });
  },
  embedding({ data }, { units }, { weight }) {
    const rows = Array.from(data, (token) => [...weight("weight").subarray(token * units, (token + 1) * units)]);
    return { shape: [data.length, units], data: Float64Array.from(rows.flat()) };
  },
  positionalEmbedding: (x, _layer, { weight }) => each(x, (value, i) => value + weight("weight")[i]!),
  causalSelfAttention(x, { heads }, { weight }) {
    const qkv = affine(x, weight("qkv.weight"), weight("qkv.bias"));
    return affine(attend(qkv, heads), weight("output.weight"), weight("output.bias"));
  },
  residual(x, { layers }, { name, pass }) {
    const { data } = chain64(layers, `${name}.`, { input: x, pass });
    return each(x, (value, i) => value + data[i]!);
  },
  dropout: (x, _layer, { name, pass }) => each(x, (value, i) => value * pass.dropoutFactor(name, i, x.data.length)),
};

function each({ shape, data }: Array64, f: (value: number, i: number) => number): Array64 {
  return { shape, data: data.map((value, i) => f(value, i)) };
}

function eachRow({ shape, data }: Array64, f: (row: number[]) => number[]): Array64 {
  const columns = shape.at(-1)!;
  const rows = Array.from({ length: data.length / columns }, (_, i) =>
    f([...data.subarray(i * columns, (i + 1) * columns)]),
  );
  return { shape: [...shape.slice(0, -1), rows[0]!.length], data: Float64Array.from(rows.flat()) };
}

function affine(x: Array64, weight: Float64Array, bias: Float64Array): Array64 {
  return eachRow(x, (row) =>
    Array.from(bias, (start, unit) =>
      row.reduce((sum, value, k) => sum + value * weight[unit * row.length + k]!, start),
    ),
  );
}

function softmax(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const exponentials = row.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((partial, value) => partial + value, 0);
  return exponentials.map((value) => value / sum);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …), Marsaglia 2004; to 10⁻¹⁵ for |x| < 7. */
export function normalDistribution(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 3; n < 200; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x) * 0.3989422804014327;
}

type Pixel = (u: number, v: number, c: number) => number | undefined;

interface Slide {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  /** Of the output. */
  readonly channels: number;
}

/** @param f gives one number of the output from its channel and what lies under the window; undefined beside the image. */
function slide(
  x: Array64,
  { size, stride, padding, channels }: Slide,
  f: (channel: number, pixel: Pixel) => number,
): Array64 {
  const [height, width, depth] = x.shape as readonly [number, number, number];
  const count = (length: number): number => 1 + Math.floor((length + 2 * padding - size) / stride);
  const shape = [count(height), count(width), channels];
  const data = new Float64Array(shape[0]! * shape[1]! * channels);
  for (let i = 0; i < data.length; i++) {
    const channel = i % channels;
    const column = (Math.floor(i / channels) % shape[1]!) * stride - padding;
    const row = Math.floor(i / channels / shape[1]!) * stride - padding;
    data[i] = f(channel, (u, v, c) => {
      const inside = row + u >= 0 && row + u < height && column + v >= 0 && column + v < width;
      return inside ? x.data[((row + u) * width + column + v) * depth + c] : undefined;
    });
  }
  return { shape, data };
}

function window(size: number, channel: number, pixel: Pixel): number[] {
  return Array.from({ length: size * size }, (_, i) => pixel(Math.floor(i / size), i % size, channel)!);
}

/** Every row of `qkv` is q, k, v one after the other, each head by head. */
function attend(qkv: Array64, heads: number): Array64 {
  const [length, tripled] = qkv.shape as readonly [number, number];
  const width = tripled / 3;
  const size = width / heads;
  const vector = (position: number, part: number, head: number): Float64Array => {
    const from = position * tripled + part * width + head * size;
    return qkv.data.subarray(from, from + size);
  };
  const data = new Float64Array(length * width);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < length; i++) {
      const q = vector(i, 0, head);
      const scores = Array.from({ length: i + 1 }, (_, j) => dot(q, vector(j, 1, head)) / Math.sqrt(size));
      softmax(scores).forEach((share, j) => {
        vector(j, 2, head).forEach((value, d) => {
          data[i * width + head * size + d]! += share * value;
        });
      });
    }
  }
  return { shape: [length, width], data };
}

function dot(left: Float64Array, right: Float64Array): number {
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0);
}
