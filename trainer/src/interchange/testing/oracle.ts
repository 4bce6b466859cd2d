/** What layers compute, in binary64 and as plainly as can be: an outside reference for tests. Not for use elsewhere. */
import type { Parameters } from "../../engine/tensor.ts";
import { type ArchitectureDocument, type LayerSite, layerSites } from "../layerSites.ts";

type Numbers = readonly number[];

/** The outputs of one example. */
export function oracleOutputs(architecture: ArchitectureDocument, parameters: Parameters, input: Numbers): Numbers {
  const weights = (name: string): Numbers => [...parameters.get(name)!.data];
  return runAll(layerSites(architecture.layers, architecture.input), input, weights);
}

type Weights = (name: string) => Numbers;

function runAll(sites: readonly LayerSite[], input: Numbers, weights: Weights): Numbers {
  return sites.reduce((values, site) => run(site, values, weights), input);
}

function run(site: LayerSite, x: Numbers, weights: Weights): Numbers {
  const { layer, path, input } = site;
  const width = input.at(-1)!;
  switch (layer.type) {
    case "dropout":
    case "flatten":
      return x;
    case "relu":
      return x.map((value) => Math.max(value, 0));
    case "tanh":
      return x.map(Math.tanh);
    case "gelu":
      return x.map((value) => value * 0.5 * (1 + erf(value / Math.SQRT2)));
    case "softmax":
      return rowsOf(x, width).flatMap(softmax);
    case "dense":
      return linear(x, width, weights(`${path}.weight`), weights(`${path}.bias`));
    case "layerNorm":
      return rowsOf(x, width).flatMap((row) => normalise(row, weights(`${path}.weight`), weights(`${path}.bias`)));
    case "embedding":
      return x.flatMap((token) => weights(`${path}.weight`).slice(token * layer.units, (token + 1) * layer.units));
    case "positionalEmbedding":
      return weights(`${path}.weight`).map((value, i) => value + x[i]!);
    case "residual":
      return runAll(site.inner, x, weights).map((value, i) => value + x[i]!);
    case "causalSelfAttention":
      return attention(site, layer.heads, { x, weights });
    default:
      return windows(site, x, weights);
  }
}

function rowsOf(x: Numbers, width: number): Numbers[] {
  return Array.from({ length: x.length / width }, (_, row) => x.slice(row * width, (row + 1) * width));
}

function dot(left: Numbers, right: Numbers): number {
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0);
}

function linear(x: Numbers, width: number, weight: Numbers, bias: Numbers): Numbers {
  const rows = rowsOf(weight, width);
  return rowsOf(x, width).flatMap((row) => bias.map((shift, unit) => dot(row, rows[unit]!) + shift));
}

function softmax(row: Numbers): Numbers {
  const powers = row.map((value) => Math.exp(value - Math.max(...row)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function normalise(row: Numbers, scale: Numbers, shift: Numbers): Numbers {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[i]! + shift[i]!);
}

/** Maclaurin series: terms alternate, but below |x| = 4 it keeps eight digits. @see DLMF 7.6.1 */
function erf(x: number): number {
  if (Math.abs(x) > 4) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function attention(
  { path, input }: LayerSite,
  heads: number,
  { x, weights }: { readonly x: Numbers; readonly weights: Weights },
): Numbers {
  const [positions = 0, width = 0] = input;
  const each = width / heads;
  const qkv = rowsOf(linear(x, width, weights(`${path}.qkv.weight`), weights(`${path}.qkv.bias`)), 3 * width);
  const part = (position: number, which: number, head: number): Numbers =>
    qkv[position]!.slice(which * width + head * each, which * width + (head + 1) * each);
  const mixed: number[] = [];
  for (let position = 0; position < positions; position++) {
    for (let head = 0; head < heads; head++) {
      const seen = Array.from({ length: position + 1 }, (_, at) => at);
      const scores = softmax(seen.map((at) => dot(part(position, 0, head), part(at, 1, head)) / Math.sqrt(each)));
      for (let d = 0; d < each; d++)
        mixed.push(
          dot(
            scores,
            seen.map((at) => part(at, 2, head)[d]!),
          ),
        );
    }
  }
  return linear(mixed, width, weights(`${path}.output.weight`), weights(`${path}.output.bias`));
}

/** Convolution and pooling: every output from the numbers under its window; outside the image there are zeros. */
function windows({ layer, path, input, output }: LayerSite, x: Numbers, weights: Weights): Numbers {
  const [height = 0, length = 0, channels = 0] = input;
  const isConvolution = layer.type === "conv2d";
  if (!isConvolution && layer.type !== "maxPool" && layer.type !== "averagePool") throw new TypeError(layer.type);
  const size = isConvolution ? layer.kernel : layer.size;
  const padding = isConvolution ? layer.padding : 0;
  const [weight, bias] = isConvolution ? [weights(`${path}.weight`), weights(`${path}.bias`)] : [[], []];
  const pixel = (row: number, column: number, channel: number): number =>
    row < 0 || column < 0 || row >= height || column >= length ? 0 : x[(row * length + column) * channels + channel]!;
  const results: number[] = [];
  for (let row = 0; row < output[0]!; row++) {
    for (let column = 0; column < output[1]!; column++) {
      const under = (channel: number): Numbers =>
        Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size] as const).map(([dr, dc]) =>
          pixel(row * layer.stride - padding + dr, column * layer.stride - padding + dc, channel),
        );
      const all = Array.from({ length: channels }, (_, channel) => under(channel));
      for (let at = 0; at < output[2]!; at++) {
        if (layer.type === "maxPool") results.push(Math.max(...all[at]!));
        else if (layer.type === "averagePool")
          results.push(
            dot(
              all[at]!,
              all[at]!.map(() => 1),
            ) /
              size ** 2,
          );
        else {
          const kernel = weight.slice(at * size * size * channels, (at + 1) * size * size * channels);
          const values = kernel.map((_, k) => all[k % channels]![Math.floor(k / channels)]!);
          results.push(dot(kernel, values) + bias[at]!);
        }
      }
    }
  }
  return results;
}
