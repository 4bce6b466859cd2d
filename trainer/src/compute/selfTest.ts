/** A few training steps whose result is known: whether something computes the canonical bits. */
import { createHash } from "node:crypto";
import { type Architecture, parseArchitecture } from "../engine/architecture.ts";
import { type Backend, createExecutor, type Executor } from "../engine/executor.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { createRandomStream } from "../engine/philox.ts";
import { compile, type TrainingProgram } from "../engine/program.ts";
import { CANONICAL_RESULTS } from "./canonicalResults.ts";

const STEPS = 2;
const SEED = new Uint8Array(32).fill(7);

/** Every operation takes part, with sizes that are no multiples of a vector's width. */
const ARCHITECTURES: readonly Architecture[] = [
  {
    input: [9, 7, 3],
    layers: [
      { type: "conv2d", filters: 19, kernel: 3, stride: 1, padding: 1 },
      { type: "relu" },
      { type: "maxPool", size: 2, stride: 2 },
      { type: "conv2d", filters: 6, kernel: 2, stride: 1, padding: 0 },
      { type: "tanh" },
      { type: "averagePool", size: 2, stride: 1 },
      { type: "flatten" },
      { type: "dense", units: 37 },
      { type: "gelu" },
      { type: "dropout", rate: 0.25 },
      { type: "dense", units: 7 },
    ],
    loss: "softmaxCrossEntropy",
  },
  {
    input: [11],
    layers: [
      { type: "embedding", vocabulary: 13, units: 18 },
      { type: "positionalEmbedding" },
      {
        type: "residual",
        layers: [{ type: "layerNorm" }, { type: "causalSelfAttention", heads: 3 }],
      },
      { type: "softmax" },
      { type: "dense", units: 13 },
    ],
    loss: "softmaxCrossEntropy",
  },
];

/** @returns the programs of the self-test. */
export function selfTestPrograms(): TrainingProgram[] {
  const optimisers = [
    { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01, clipNorm: 1 },
    { type: "adamW", learningRate: 0.01, clipNorm: 1 },
  ] as const;
  return ARCHITECTURES.map((architecture, at) =>
    compile(parseArchitecture(architecture), { batchSize: 3, optimiser: optimisers[at]! }),
  );
}

/** @returns a digest of weights and optimiser state after a few steps from seeded weights on seeded inputs. */
export function selfTestResult(executor: Executor): string {
  const { program } = executor;
  const random = createRandomStream(SEED, "self-test");
  const draw = (kinds: number): number => (kinds === 0 ? 2 * random.nextFloat() - 1 : random.nextBelow(kinds));
  executor.loadParameters(initialParameters(program, SEED), SEED);
  for (let step = 0; step < STEPS; step++) {
    const inputs = Float32Array.from({ length: program.input.length }, () => draw(program.vocabulary));
    const targets = Float32Array.from({ length: program.targets.length }, () => draw(program.classes));
    executor.step(inputs, targets);
  }
  const { parameters, optimiserState } = executor.checkpoint();
  const hash = createHash("sha256");
  for (const { data } of [...parameters.values(), ...optimiserState.values()]) hash.update(data);
  executor.dispose();
  return hash.digest("hex").slice(0, 32);
}

/** @returns whether backends that `open` makes give the canonical bits. Takes a few milliseconds. */
export function passesSelfTest(open: (program: TrainingProgram) => Backend): boolean {
  return selfTestPrograms().every((program, at) => {
    const result = selfTestResult(createExecutor(program, open(program)));
    return result === CANONICAL_RESULTS[at];
  });
}
