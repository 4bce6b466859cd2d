/**
 * Architectures that have a name short enough to type: `mlp:128`, `lenet5`, `cnn:32,32,64,64`, `transformer:2x128`.
 * The command line and the benchmarks share them. Pure; must not read a file or a data set.
 */
import { type Architecture, parseArchitecture } from "../engine/architecture.ts";

/** What data asks of an architecture. */
export interface DataShape {
  /** Shape of one example: `[rows, columns, channels]` of an image, `[positions]` of text. */
  readonly input: readonly number[];
  /** Classes of the labels; for text, tokens of the vocabulary. */
  readonly classes: number;
}

/** How the names are written, for help texts. */
export const ARCHITECTURE_NAMES =
  "linear, mlp:WIDTH,…, lenet5, cnn:FILTERS,…[:WIDTH] or transformer:LAYERSxUNITS[xHEADS]";

type LayerDocument = Readonly<Record<string, unknown>>;

/** Units of the dense layer after the convolutions of `cnn:…`, unless the name says another. */
const CNN_WIDTH = "512";
/** Units of one head, unless the name says how many heads. */
const HEAD_UNITS = 32;

const SIZES = /^\d{1,5}(?:,\d{1,5})*$/;

/**
 * @param name as in {@link ARCHITECTURE_NAMES}.
 * @returns the architecture that fits `data`, with a softmax cross-entropy loss; `undefined` when the name is none.
 * @throws {EngineError} what {@link parseArchitecture} throws, for example when the data is too small for its pools
 */
export function namedArchitecture(name: string, { input, classes }: DataShape): Architecture | undefined {
  const layers = layersOf(name, { input, classes });
  return layers && parseArchitecture({ input, layers, loss: "softmaxCrossEntropy" });
}

function layersOf(name: string, data: DataShape): LayerDocument[] | undefined {
  const [kind, ...rest] = name.split(":");
  switch (kind) {
    case "linear":
      return rest.length === 0 ? mlp([], data) : undefined;
    case "mlp":
      return rest.length === 1 && SIZES.test(rest[0]!) ? mlp(sizes(rest[0]!), data) : undefined;
    case "lenet5":
      return rest.length === 0 ? lenet5(data.classes) : undefined;
    case "cnn": {
      const [filters = "", width = CNN_WIDTH] = rest;
      if (rest.length > 2 || !SIZES.test(filters) || !/^\d{1,5}$/.test(width)) return undefined;
      return cnn(sizes(filters), Number(width), data.classes);
    }
    case "transformer": {
      const match = rest.length === 1 ? /^(\d{1,2})x(\d{1,5})(?:x(\d{1,3}))?$/.exec(rest[0]!) : null;
      if (match === null) return undefined;
      const units = Number(match[2]);
      const heads = match[3] === undefined ? Math.max(1, Math.floor(units / HEAD_UNITS)) : Number(match[3]);
      return transformer({ blocks: Number(match[1]), units, heads, vocabulary: data.classes });
    }
    default:
      return undefined;
  }
}

function sizes(list: string): number[] {
  return list.split(",").map(Number);
}

function mlp(widths: readonly number[], { input, classes }: DataShape): LayerDocument[] {
  return [
    ...(input.length > 1 ? [{ type: "flatten" }] : []),
    ...widths.flatMap((units) => [{ type: "dense", units }, { type: "relu" }]),
    { type: "dense", units: classes },
  ];
}

/** @see LeCun et al. 1998, "Gradient-based learning applied to document recognition", with relu and max-pools */
function lenet5(classes: number): LayerDocument[] {
  return [
    ...[{ type: "conv2d", filters: 6, kernel: 5, padding: 2 }, { type: "relu" }, { type: "maxPool", size: 2 }],
    ...[{ type: "conv2d", filters: 16, kernel: 5 }, { type: "relu" }, { type: "maxPool", size: 2 }],
    { type: "flatten" },
    ...[{ type: "dense", units: 120 }, { type: "relu" }],
    ...[{ type: "dense", units: 84 }, { type: "relu" }],
    { type: "dense", units: classes },
  ];
}

/** 3×3 convolutions that keep the image's size, a max-pool after every second, one dense layer before the classes. */
function cnn(filters: readonly number[], width: number, classes: number): LayerDocument[] {
  const convolutions = filters.flatMap((count, at) => [
    { type: "conv2d", filters: count, kernel: 3, padding: 1 },
    { type: "relu" },
    ...(at % 2 === 1 ? [{ type: "maxPool", size: 2 }] : []),
  ]);
  return [
    ...convolutions,
    ...[{ type: "flatten" }, { type: "dense", units: width }, { type: "relu" }],
    { type: "dense", units: classes },
  ];
}

interface TransformerSizes {
  readonly blocks: number;
  readonly units: number;
  readonly heads: number;
  readonly vocabulary: number;
}

/** A decoder that norms before each block, as GPT-2: attention, then a dense pair four times as wide inside. */
function transformer({ blocks, units, heads, vocabulary }: TransformerSizes): LayerDocument[] {
  const block = [
    { type: "residual", layers: [{ type: "layerNorm" }, { type: "causalSelfAttention", heads }] },
    {
      type: "residual",
      layers: [{ type: "layerNorm" }, { type: "dense", units: 4 * units }, { type: "gelu" }, { type: "dense", units }],
    },
  ];
  return [
    ...[{ type: "embedding", vocabulary, units }, { type: "positionalEmbedding" }],
    ...Array.from({ length: blocks }, () => block).flat(),
    ...[{ type: "layerNorm" }, { type: "dense", units: vocabulary }],
  ];
}
