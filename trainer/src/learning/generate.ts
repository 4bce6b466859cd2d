/** Continues a sequence of tokens with a model that predicts the next one. The same seed gives the same tokens everywhere. */
import type { Executor } from "../engine/executor.ts";
import { createRandomStream } from "../engine/philox.ts";
import { softmaxParts } from "../engine/reference/softmaxParts.ts";

export interface GenerationOptions {
  /** 32 bytes; keys the Philox stream `generate`, of which every token takes one number. */
  readonly seed: Uint8Array;
  /** Logits are divided by it, rounded to binary32. 0: always the likeliest token, the first of equals. */
  readonly temperature: number;
}

const { fround } = Math;

/**
 * @param executor holds the model; its program takes `[T]` tokens and gives `[T, vocabulary]` logits, and looks back only.
 * @returns a function that gives the token after `tokens`, of which the last T count; at least one.
 */
export function createGenerator(
  executor: Pick<Executor, "program" | "outputs">,
  { seed, temperature }: GenerationOptions,
): (tokens: readonly number[]) => number {
  const { inputSize: length, classes, batchSize } = executor.program;
  const random = createRandomStream(seed, "generate");
  const inputs = new Float32Array(batchSize * length);
  return (tokens) => {
    const seen = tokens.slice(-length);
    inputs.fill(0); // what comes after the last token is not looked at
    inputs.set(seen);
    const logits = executor.outputs(inputs, 1).subarray((seen.length - 1) * classes, seen.length * classes);
    return temperature === 0 ? logits.indexOf(Math.max(...logits)) : draw(logits, temperature, random.nextFloat());
  };
}

/** @returns the first token at which the running sum of probabilities exceeds `share`, in binary32 and rising order. */
function draw(logits: Float32Array, temperature: number, share: number): number {
  const { exponentials, sum } = softmaxParts(logits.map((logit) => logit / temperature)); // rounded by the array
  const limit = fround(share * sum);
  let running = 0;
  for (let token = 0; token < exponentials.length; token++) {
    running = fround(running + exponentials[token]!);
    if (running > limit) return token;
  }
  return exponentials.length - 1;
}
