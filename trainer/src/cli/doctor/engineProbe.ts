/** A few training steps whose result is known: whether this machine computes the canonical bits. Pure but for the engine. */
import { parseArchitecture } from "../../engine/architecture.ts";
import { stateHash } from "../../engine/checkpoint.ts";
import type { Executor } from "../../engine/executor.ts";
import { initialParameters } from "../../engine/initialParameters.ts";
import { createRandomStream } from "../../engine/philox.ts";
import { compile, type TrainingProgram } from "../../engine/program.ts";

/** What every correct executor gives; the reference executor gave it, and a test holds both to it. */
export const CANONICAL_STATE = "0x2b78415af62bbcb0689f12ab0a62068f26e90d7798e8844d4884850ee67ca390";

const STEPS = 3;

/** @returns the state hash after {@link STEPS} steps, on the executor that nodes use. */
export async function canonicalState(): Promise<string> {
  const { createWasmExecutor } = await import("../../engine/wasm/wasmExecutor.ts");
  return probe(await createWasmExecutor(probeProgram()));
}

/** Sizes that are no multiples of a vector's width, so that remainders are computed too. */
export function probeProgram(): TrainingProgram {
  const architecture = parseArchitecture({
    input: [5, 5, 1],
    layers: [{ type: "flatten" }, { type: "dense", units: 19 }, { type: "relu" }, { type: "dense", units: 7 }],
    loss: "softmaxCrossEntropy",
  });
  return compile(architecture, { batchSize: 6, optimiser: { type: "sgd", learningRate: 0.1, momentum: 0.9 } });
}

/** @returns the state hash after a few steps from seeded weights on seeded inputs. */
export async function probe(executor: Executor): Promise<string> {
  const { program } = executor;
  const seed = new Uint8Array(32).fill(7);
  const random = createRandomStream(seed, "probe");
  executor.loadParameters(initialParameters(program, seed));
  for (let step = 0; step < STEPS; step++) {
    const inputs = Float32Array.from({ length: program.batchSize * program.inputSize }, () => random.nextFloat());
    const targets = Float32Array.from({ length: program.batchSize }, () => random.nextBelow(program.classes));
    executor.step(inputs, targets);
  }
  const hash = await stateHash(executor.checkpoint());
  executor.dispose();
  return hash;
}
