/** Cohorts' versions and their merge, for the vectors: one of them is left out, because the norm of its weights overflows. */
import { encodeParameters, sha256Hex } from "../../trainer/src/engine/checkpoint.ts";
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import type { Parameters } from "../../trainer/src/engine/tensor.ts";
import { openMerge } from "../../trainer/src/learning/mergeVersions.ts";
import { tensors } from "./words.ts";

const SHAPES = { "layers.0.bias": [2], "layers.0.weight": [2, 3] } as const;

/** Sums of samples, small and beyond 32 bits, none of which is a power of two. */
const SAMPLES = [640, 96, 1_000_003, 2 ** 33 + 4_096];

/** Above the root of the largest binary32. */
const TOO_LARGE = { cohort: 1, weight: 3e19 } as const;

export async function cohortsVector(seed: Uint8Array): Promise<object> {
  const versions = SAMPLES.map((samples, cohort) => ({ cohort, samples, parameters: numbers(seed, cohort) }));
  const merging = openMerge(versions[0]!.parameters);
  for (const version of versions) merging.add(version);
  const { parameters, cohorts } = merging.finish();
  return {
    versions: versions.map((version) => ({ ...version, parameters: tensors(version.parameters) })),
    cohorts,
    merged: tensors(parameters),
    digest: await sha256Hex(encodeParameters(parameters)),
  };
}

function numbers(seed: Uint8Array, cohort: number): Parameters {
  return new Map(
    Object.entries(SHAPES).map(([name, shape]) => {
      const stream = createRandomStream(seed, `vector/cohorts/${cohort}/${name}`);
      const length = shape.reduce((product: number, size: number) => product * size, 1);
      const data = Float32Array.from({ length }, () => 2 * stream.nextFloat() - 1);
      if (cohort === TOO_LARGE.cohort) data[0] = TOO_LARGE.weight;
      return [name, { shape, data }];
    }),
  );
}
