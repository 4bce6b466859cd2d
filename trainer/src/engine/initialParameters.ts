/** The weights a model starts from: a function of the program and a seed, the same for everybody. */
import { createRandomStream } from "./philox.ts";
import type { ProgramParameter, TrainingProgram } from "./program.ts";
import type { Parameters, Tensor } from "./tensor.ts";

const { fround } = Math;

/**
 * Uniform weights `fl((2u − 1) · bound)`, `u` from the Philox stream `initial/<name>`; the bound is the layer's, or
 * `fl(√fl(6 / fanIn))` (He); biases +0, the weights of norms 1.
 *
 * @param seed 32 bytes.
 * @see He et al. 2015, "Delving deep into rectifiers", section 2.2
 */
export function initialParameters(program: TrainingProgram, seed: Uint8Array): Parameters {
  return new Map(program.parameters.map((parameter) => [parameter.name, initialTensor(parameter, seed)]));
}

function initialTensor({ name, shape, value, initialisation }: ProgramParameter, seed: Uint8Array): Tensor {
  const data = new Float32Array(value.length);
  switch (initialisation.kind) {
    case "zero":
      return { shape, data };
    case "one":
      return { shape, data: data.fill(1) };
    case "heUniform":
      return { shape, data: fillUniform(data, `initial/${name}`, { seed, bound: heBound(initialisation.fanIn) }) };
    case "uniform":
      return { shape, data: fillUniform(data, `initial/${name}`, { seed, bound: initialisation.bound }) };
    default:
      return initialisation satisfies never;
  }
}

function heBound(fanIn: number): number {
  return fround(Math.sqrt(fround(6 / fanIn)));
}

function fillUniform(
  data: Float32Array<ArrayBuffer>,
  streamName: string,
  { seed, bound }: { readonly seed: Uint8Array; readonly bound: number },
): Float32Array<ArrayBuffer> {
  const stream = createRandomStream(seed, streamName);
  for (let i = 0; i < data.length; i++) data[i] = fround((2 * stream.nextFloat() - 1) * bound); // 2u − 1 is exact
  return data;
}
