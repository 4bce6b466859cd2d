/**
 * Reads an architecture (JSON) and checks every size in it. Must not allocate by what it reads: an architecture comes
 * from a stranger's plan.
 */
import { EngineError } from "./errors.ts";
import { type Fields, isInteger, readFields } from "./fields.ts";
import { kindOf, LAYER_TYPES, type Layer } from "./layers/layerKinds.ts";
import { elementCount } from "./tensor.ts";

export type { Layer } from "./layers/layerKinds.ts";

const LOSSES = ["softmaxCrossEntropy", "meanSquaredError"] as const;

export interface Architecture {
  /** Shape of one example, for example `[28, 28, 1]`; images are `[rows, columns, channels]`, texts `[positions]`. */
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
  /** `softmaxCrossEntropy` of a row of logits, or of one a position; `meanSquaredError` of every number of the output. */
  readonly loss: (typeof LOSSES)[number];
}

const MAX_RANK = 4;
const MAX_SIZE = 65_536;
/** Layers in all, those inside residuals included. */
const MAX_LAYERS = 256;
/** Residuals inside residuals. */
const MAX_DEPTH = 8;
/** Unit: elements. 256 MiB of binary32; WebAssembly memory holds parameter, gradient and velocity four times over. */
const MAX_PARAMETERS = 67_108_864;
/** Unit: elements of one example after one layer. */
const MAX_ACTIVATION = 16_777_216;

/**
 * @param value JSON from anywhere.
 * @returns the architecture, with nothing in it but what is known and sensible, defaults filled in; every layer fits the
 *   one before.
 * @throws {EngineError} `ENGINE_ARCHITECTURE_MALFORMED` naming the path | `ENGINE_LAYER_SHAPE` naming the layer |
 *   `ENGINE_ARCHITECTURE_TOO_LARGE`
 */
export function parseArchitecture(value: unknown): Architecture {
  const fields = readFields(value, "$", malformed);
  fields.only(["input", "layers", "loss"]);
  const input = fields.list("input", MAX_RANK).map((size, axis) => {
    if (isInteger(size, 1, MAX_SIZE)) return size;
    throw malformed(`$.input[${axis}]`, `is not a whole number from 1 to ${MAX_SIZE}`);
  });
  if (input.length === 0) throw malformed("$.input", "is empty");
  const layers = parseLayers(fields, { depth: 0, budget: { left: MAX_LAYERS } });
  const architecture = { input, layers, loss: fields.word("loss", LOSSES) };
  fields.end();
  checkShapes(architecture);
  return architecture;
}

interface Nesting {
  readonly depth: number;
  readonly budget: { left: number };
}

function parseLayers(fields: Fields, { depth, budget }: Nesting): readonly Layer[] {
  const path = `${fields.path}.layers`;
  if (depth > MAX_DEPTH) throw malformed(path, `is nested more than ${MAX_DEPTH} deep`);
  const layers = fields.list("layers", MAX_LAYERS);
  if (layers.length === 0) throw malformed(path, "is empty");
  budget.left -= layers.length;
  if (budget.left < 0) throw malformed(path, `makes more than ${MAX_LAYERS} layers in all`);
  return layers.map((layer, at) => {
    const own = readFields(layer, `${path}[${at}]`, malformed);
    const kind = kindOf(own.word("type", LAYER_TYPES));
    if (kind.takesTokens && (depth > 0 || at > 0)) {
      throw malformed(own.path, `(${kind.type}) can only be the first layer: it takes token numbers`);
    }
    own.only(kind.fields ?? []);
    const parsed = kind.parse(own, (inside) => parseLayers(inside, { depth: depth + 1, budget }));
    own.end();
    return parsed;
  });
}

function checkShapes({ input, layers, loss }: Architecture): void {
  requireAtMost("$.input", elementCount(input), MAX_ACTIVATION);
  const count = { parameters: 0 };
  const output = shapeAfter({ layers, path: "$" }, input, count);
  if (count.parameters === 0) throw malformed("$.layers", "holds nothing that can learn: add a dense layer");
  if (loss === "softmaxCrossEntropy" && (output.length > 2 || output.at(-1)! < 2)) {
    const needed = "softmaxCrossEntropy needs one row of at least two logits, or one a position";
    throw malformed("$.layers", `ends in shape [${output}]: ${needed}`);
  }
}

interface LayerList {
  readonly layers: readonly Layer[];
  /** Of what holds the list. */
  readonly path: string;
}

function shapeAfter(
  { layers, path: parent }: LayerList,
  input: readonly number[],
  count: { parameters: number },
): readonly number[] {
  let shape = input;
  layers.forEach((parsed, at) => {
    const path = `${parent}.layers[${at}]`;
    const layer = parsed as Required<Layer>;
    const kind = kindOf(layer.type);
    const output = kind.outputShape(layer, shape, {
      path,
      chain: (inside, from) => shapeAfter({ layers: inside, path }, from, count),
    });
    count.parameters += kind.parameterCount(layer, shape);
    requireAtMost(path, elementCount(output), MAX_ACTIVATION);
    requireAtMost(path, count.parameters, MAX_PARAMETERS);
    shape = output;
  });
  return shape;
}

function requireAtMost(path: string, actual: number, max: number): void {
  if (actual <= max) return;
  throw new EngineError(
    { code: "ENGINE_ARCHITECTURE_TOO_LARGE", path, actual, max },
    `${path} needs ${actual} numbers, more than ${max}`,
  );
}

function malformed(path: string, problem: string): EngineError {
  return new EngineError({ code: "ENGINE_ARCHITECTURE_MALFORMED", path }, `the architecture's ${path} ${problem}`);
}
