/** The weights a model starts from: a function of the program and a seed, the same for everybody. */
import { createRandomStream } from "./philox.ts";
import type { ProgramParameter, TrainingProgram } from "./program.ts";
import type { Parameters, Tensor } from "./tensor.ts";

const { fround } = Math;

/**
 * He-uniform weights `fl((2u − 1) · fl(√fl(6 / fanIn)))`, `u` from the Philox stream `initial/<name>`; biases +0.
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
    case "heUniform": {
      const stream = createRandomStream(seed, `initial/${name}`);
      const bound = fround(Math.sqrt(fround(6 / initialisation.fanIn)));
      for (let i = 0; i < data.length; i++) data[i] = fround((2 * stream.nextFloat() - 1) * bound); // 2u − 1 is exact
      return { shape, data };
    }
    default:
      return initialisation satisfies never;
  }
}
