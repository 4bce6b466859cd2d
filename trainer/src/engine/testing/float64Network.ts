/**
 * The forward pass of every architecture in binary64, one example at a time, written a second time: it shares no code with
 * the engine (types of documents aside), so that both can be held against each other. Not for use outside tests.
 */
import type { Architecture, Layer } from "../architecture.ts";
import { layers64 } from "./float64Layers.ts";

/** Values of one example. */
export interface Array64 {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Parameters by name. */
export type Weights64 = ReadonlyMap<string, Float64Array>;

/** What one example's forward pass depends on besides its input. */
export interface Pass64 {
  readonly weights: Weights64;
  /** Factor of element i of this example under the dropout layer of that name. */
  readonly dropoutFactor: (layer: string, i: number, size: number) => number;
}

/** @returns what the layers make of one example's input. */
export function outputs64({ input, layers }: Architecture, data: Float64Array, pass: Pass64): Array64 {
  return chain64(layers, "", { input: { shape: input, data }, pass });
}

/** @param prefix of the layers' names. */
export function chain64(
  layers: readonly Layer[],
  prefix: string,
  { input, pass }: { readonly input: Array64; readonly pass: Pass64 },
): Array64 {
  return layers.reduce((x, layer, at) => {
    const name = `${prefix}layers.${at}`;
    const definition = layers64[layer.type] as (x: Array64, layer: Layer, site: Site64) => Array64;
    return definition(x, layer, { name, pass, weight: (part) => pass.weights.get(`${name}.${part}`)! });
  }, input);
}

export interface Site64 {
  readonly name: string;
  readonly pass: Pass64;
  weight(part: string): Float64Array;
}

/** One batch. */
export interface Batch64 {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly batchSize: number;
}

/**
 * Mean loss of a batch.
 *
 * @param pass gives what belongs to example `row`.
 */
export function loss64(architecture: Architecture, batch: Batch64, pass: (row: number) => Pass64): number {
  const { inputs, targets, batchSize } = batch;
  const [inputSize, targetSize] = [inputs.length / batchSize, targets.length / batchSize];
  let total = 0;
  for (let row = 0; row < batchSize; row++) {
    const input = Float64Array.from(inputs.subarray(row * inputSize, (row + 1) * inputSize));
    const output = outputs64(architecture, input, pass(row));
    const wanted = targets.subarray(row * targetSize, (row + 1) * targetSize);
    total += architecture.loss === "meanSquaredError" ? squares(output, wanted) : crossEntropies(output, wanted);
  }
  return total / targets.length;
}

function squares({ data }: Array64, wanted: Float32Array): number {
  return data.reduce((sum, value, i) => sum + (value - wanted[i]!) ** 2, 0);
}

function crossEntropies({ data }: Array64, wanted: Float32Array): number {
  const classes = data.length / wanted.length;
  return wanted.reduce((sum, target, position) => {
    const row = data.subarray(position * classes, (position + 1) * classes);
    const largest = Math.max(...row);
    const partition = row.reduce((partial, logit) => partial + Math.exp(logit - largest), 0);
    return sum + Math.log(partition) + largest - row[target]!;
  }, 0);
}
