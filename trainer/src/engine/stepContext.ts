/** What changes from step to step besides the batch: a function of program, seed and step number, in canonical binary32. */
import type { StepContext } from "./operations.ts";
import { streamWords } from "./philox.ts";
import type { TrainingProgram } from "./program.ts";
import { createRate, createRunningProduct } from "./schedule.ts";

const { fround } = Math;

/** The context of each step; always the same object, so that a loop allocates nothing. */
export interface StepContexts {
  /** Keys the program's random streams. @param seed 32 bytes, or undefined: then dropout cannot run. */
  key(seed: Uint8Array | undefined): void;
  /**
   * @param step steps taken before.
   * @throws {TypeError} when the program draws random numbers and no seed was given
   */
  ofStep(step: number): StepContext;
  /** For a forward pass for its own sake. */
  ofForward(): StepContext;
}

type Writable = { -readonly [K in keyof StepContext]: StepContext[K] };

/** @returns the contexts of a program, without a seed. Going back in steps costs as much as starting again. */
export function createStepContexts({ optimiser, streams }: TrainingProgram): StepContexts {
  const rate = createRate(optimiser.learningRate, optimiser.schedule);
  const isAdamW = optimiser.type === "adamW";
  const firstPower = createRunningProduct(1, isAdamW ? optimiser.beta1 : 0);
  const secondPower = createRunningProduct(1, isAdamW ? optimiser.beta2 : 0);
  const words = new Uint32Array(4 * streams.length);
  let isKeyed = false;
  const context: Writable = {
    ...{ step: 0, isTraining: false, rate: 0, firstCorrection: 1, secondCorrection: 1 },
    streams: words,
  };
  return {
    key(seed) {
      isKeyed = false;
      if (seed === undefined) return;
      streams.forEach((name, at) => void words.set(streamWords(seed, name), 4 * at));
      isKeyed = true;
    },
    ofStep(step) {
      if (streams.length > 0 && !isKeyed) throw new TypeError("the program has dropout: load it with a seed");
      context.step = step;
      context.isTraining = true;
      context.rate = rate(step);
      context.firstCorrection = correction(firstPower(step + 1));
      context.secondCorrection = correction(secondPower(step + 1));
      return context;
    },
    ofForward() {
      context.isTraining = false;
      return context;
    },
  };
}

/** `1 / (1 − βᵗ)`, βᵗ the running product from the left; 1 where β is 0. */
function correction(power: number): number {
  return fround(1 / fround(1 - power));
}
