/** Random architectures in which every layer meets every other that can follow it. Not for use outside tests. */
import type { Architecture, Layer } from "../architecture.ts";
import type { RandomStream } from "../philox.ts";

/** Shape of what flows between layers. */
type Shape = readonly number[];

/** @returns an architecture with small odd sizes: of images, of rows, or of tokens. */
export function randomArchitecture(stream: RandomStream): Architecture {
  const kind = stream.nextBelow(3);
  const size = (most: number): number => 1 + stream.nextBelow(most);
  const input = kind === 0 ? [3 + size(4), 3 + size(4), size(2)] : kind === 1 ? [size(4), 2 * size(3)] : [size(5)];
  const start: Layer[] = kind === 2 ? [{ type: "embedding", vocabulary: 1 + size(6), units: 2 * size(3) }] : [];
  let shape: Shape = kind === 2 ? [input[0]!, (start[0] as { readonly units: number }).units] : input;
  const layers = [...start];
  for (let at = size(6); at > 0; at--) {
    const [layer, after] = randomLayer(stream, shape, 2);
    layers.push(layer);
    shape = after;
  }
  if (shape.length === 3) layers.push({ type: "flatten" });
  layers.push({ type: "dense", units: 2 + stream.nextBelow(4) });
  return { input, layers, loss: stream.nextBelow(3) === 0 ? "meanSquaredError" : "softmaxCrossEntropy" };
}

function randomLayer(stream: RandomStream, shape: Shape, depth: number): readonly [Layer, Shape] {
  const choices = [sameShape, sameShape, sameShape, ...(shape.length === 3 ? [ofImages] : [widening])];
  return choices[stream.nextBelow(choices.length)]!(stream, shape, depth);
}

function sameShape(stream: RandomStream, shape: Shape, depth: number): readonly [Layer, Shape] {
  const plain: readonly Layer[] = [
    ...(["relu", "relu", "tanh", "gelu", "softmax", "layerNorm"] as const).map((type) => ({ type })),
    { type: "dropout", rate: 0.5 },
    ...(shape.length === 2 ? rowLayers(shape) : []),
    ...(shape.length === 3 ? [{ type: "conv2d", filters: shape[2]!, kernel: 3, padding: 1 } as const] : []),
  ];
  const at = stream.nextBelow(plain.length + 3);
  if (at < plain.length || depth === 0) return [plain[at % plain.length]!, shape];
  const layers = Array.from({ length: 1 + stream.nextBelow(3) }, () => sameShape(stream, shape, depth - 1)[0]);
  return [{ type: "residual", layers }, shape];
}

function rowLayers([, width]: Shape): Layer[] {
  return [
    { type: "dense", units: width! },
    { type: "positionalEmbedding" },
    { type: "causalSelfAttention", heads: width! % 2 === 0 ? 2 : 1 },
  ];
}

function widening(stream: RandomStream, shape: Shape): readonly [Layer, Shape] {
  const units = 1 + stream.nextBelow(7);
  return [{ type: "dense", units }, [...shape.slice(0, -1), units]];
}

function ofImages(stream: RandomStream, shape: Shape): readonly [Layer, Shape] {
  const [height, width, channels] = shape as readonly [number, number, number];
  const size = 1 + stream.nextBelow(Math.min(3, height, width));
  const stride = 1 + stream.nextBelow(2);
  const after = (length: number): number => Math.floor((length - size) / stride) + 1;
  const filters = 1 + stream.nextBelow(3);
  const images: readonly [Layer, number][] = [
    [{ type: "conv2d", filters, kernel: size, stride }, filters],
    [{ type: "maxPool", size, stride }, channels],
    [{ type: "averagePool", size, stride }, channels],
  ];
  const [layer, depth] = images[stream.nextBelow(images.length)]!;
  return [layer, [after(height), after(width), depth]];
}
