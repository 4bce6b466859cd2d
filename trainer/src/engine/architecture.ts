/**
 * Reads an architecture (JSON) and checks every size in it. Must not allocate by what it reads: an architecture comes
 * from a stranger's plan.
 */
import { EngineError } from "./errors.ts";
import { type Fields, isInteger, readFields } from "./fields.ts";
import { kindOf, LAYER_TYPES, type Layer } from "./layers/layerKinds.ts";
import { elementCount } from "./tensor.ts";

export type { Layer } from "./layers/layerKinds.ts";

export interface Architecture {
  /** Shape of one example, for example `[28, 28, 1]`. */
  readonly input: readonly number[];
  readonly layers: readonly Layer[];
  readonly loss: "softmaxCrossEntropy";
}

const MAX_RANK = 4;
const MAX_SIZE = 65_536;
const MAX_LAYERS = 256;
/** Unit: elements. 256 MiB of binary32; WebAssembly memory holds parameter, gradient and velocity four times over. */
export const MAX_PARAMETERS = 67_108_864;
/** Unit: elements of one example after one layer. */
const MAX_ACTIVATION = 16_777_216;

/**
 * @param value JSON from anywhere.
 * @returns the architecture, with nothing in it but what is known and sensible; every layer fits the one before.
 * @throws {EngineError} `ENGINE_ARCHITECTURE_MALFORMED` naming the path | `ENGINE_LAYER_SHAPE` naming the layer |
 *   `ENGINE_ARCHITECTURE_TOO_LARGE`
 */
export function parseArchitecture(value: unknown): Architecture {
  const fields = readFields(value, "$", malformed);
  const input = fields.list("input", MAX_RANK).map((size, axis) => {
    if (isInteger(size, 1, MAX_SIZE)) return size;
    throw malformed(`$.input[${axis}]`, `is not a whole number from 1 to ${MAX_SIZE}`);
  });
  if (input.length === 0) throw malformed("$.input", "is empty");
  const layers = fields.list("layers", MAX_LAYERS).map((layer, at) => parseLayer(layer, `$.layers[${at}]`));
  const architecture = { input, layers, loss: fields.word("loss", ["softmaxCrossEntropy"]) };
  fields.end();
  checkShapes(architecture);
  return architecture;
}

function parseLayer(value: unknown, path: string): Layer {
  const fields: Fields = readFields(value, path, malformed);
  const layer = kindOf(fields.word("type", LAYER_TYPES)).parse(fields);
  fields.end();
  return layer;
}

function checkShapes({ input, layers }: Architecture): void {
  let shape = input;
  let parameters = 0;
  requireAtMost("$.input", elementCount(shape), MAX_ACTIVATION);
  layers.forEach((layer, at) => {
    const path = `$.layers[${at}]`;
    const kind = kindOf(layer.type);
    const output = kind.outputShape(layer, shape, path);
    parameters += kind.parameterCount(layer, shape);
    requireAtMost(path, elementCount(output), MAX_ACTIVATION);
    requireAtMost(path, parameters, MAX_PARAMETERS);
    shape = output;
  });
  if (parameters === 0) throw malformed("$.layers", "holds nothing that can learn: add a dense layer");
  if (shape.length !== 1 || shape[0]! < 2) {
    throw malformed("$.layers", `ends in shape [${shape}]: softmaxCrossEntropy needs one row of at least two logits`);
  }
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
