/** Continues a sequence of tokens with a model that predicts the next one. The same seed gives the same tokens everywhere. */
import { EngineError } from "../engine/errors.ts";
import type { Executor } from "../engine/executor.ts";
import { createRandomStream } from "../engine/philox.ts";
import { largestOf } from "../engine/reference/numbers.ts";
import { softmaxParts } from "../engine/reference/softmaxParts.ts";

export interface GenerationOptions {
  /** 32 bytes; keys the Philox stream `generate`, of which every token takes one number. */
  readonly seed: Uint8Array;
  /**
   * Logits' distances from the largest are divided by it, rounded to binary32. 0: always the likeliest token, the first of
   * equals.
   */
  readonly temperature: number;
}

const { fround } = Math;

/**
 * @param executor holds the model; its program takes `[T]` tokens and gives `[T, vocabulary]` logits, and looks back only.
 * @returns a function that gives the token after `tokens`, of which the last T count; at least one. It throws {EngineError}
 *   `ENGINE_NOT_FINITE` when the model's numbers overflow on them.
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
    requireFinite(logits);
    const largest = largestOf(logits);
    if (temperature === 0) return logits.indexOf(largest);
    return draw(
      logits.map((logit) => fround(logit - largest) / temperature), // rounded by the array
      random.nextFloat(),
    );
  };
}

/** @returns the first token at which the running sum of probabilities exceeds `share`, in binary32 and rising order. */
function draw(logits: Float32Array, share: number): number {
  const { exponentials, sum } = softmaxParts(logits);
  const limit = fround(share * sum);
  let running = 0;
  for (let token = 0; token < exponentials.length; token++) {
    running = fround(running + exponentials[token]!);
    if (running > limit) return token;
  }
  return exponentials.length - 1;
}

function requireFinite(logits: Float32Array): void {
  const value = logits.find((logit) => !Number.isFinite(logit));
  if (value === undefined) return;
  throw new EngineError(
    { code: "ENGINE_NOT_FINITE", step: 0, where: "outputs", layer: "outputs", value },
    "the model's outputs overflow on this text",
  );
}
