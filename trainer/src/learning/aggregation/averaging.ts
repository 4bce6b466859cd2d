/**
 * Rules that sum updates as they come and keep none: the mean by samples, and server optimisers on it.
 *
 * Notation: nₖ samples, wₖ the trained weights, Δₖ = wₖ − w₀, N = Σ nₖ exactly. Sums from +0, updates in ascending order.
 */

import type { RuleInput, RuleRun } from "./round.ts";
import type { AveragingRule } from "./rule.ts";
import { createScaffold } from "./scaffold.ts";
import { createServerStep } from "./serverStep.ts";
import { addScaled, divide } from "./vectors.ts";

const { fround } = Math;

export function createAveraging(rule: AveragingRule, input: RuleInput): RuleRun {
  switch (rule.kind) {
    case "fedavg":
    case "fedprox":
      return meanOfWeights(input);
    case "fedavgm":
    case "fedadagrad":
    case "fedadam":
    case "fedyogi":
      return meanThenStep(input, createServerStep(rule, input));
    case "fednova":
      return createNova(input);
    case "scaffold":
      return createScaffold(rule, input);
    default:
      return rule satisfies never;
  }
}

/** `w = (Σ nₖ·wₖ) / N`. */
function meanOfWeights({ base }: RuleInput): RuleRun {
  const sum = new Float32Array(base.length);
  let total = 0;
  return {
    add({ sampleCount, values }) {
      addScaled(sum, values, sampleCount);
      total += sampleCount; // below 2^53: exact
    },
    finish() {
      divide(sum, total);
      return { weights: sum, state: new Map() };
    },
  };
}

/** `d = (Σ nₖ·Δₖ) / N`, then the server's step along d. */
function meanThenStep({ base }: RuleInput, step: ReturnType<typeof createServerStep>): RuleRun {
  const sum = new Float32Array(base.length);
  let total = 0;
  return {
    add({ sampleCount, difference }) {
      addScaled(sum, difference, sampleCount);
      total += sampleCount;
    },
    finish() {
      divide(sum, total);
      return step(sum);
    },
  };
}

/**
 * `d = (Σ (nₖ/aₖ)·Δₖ) / N`, `τ = (Σ nₖ·aₖ) / N`, `w = w₀ + τ·d`, where aₖ is what sₖ local steps of SGD with momentum ρ move at
 * a constant gradient, in learning rates: sₖ without momentum, else `(sₖ − ρ·(1 − ρ^sₖ)/(1 − ρ)) / (1 − ρ)`.
 *
 * @see Wang et al. 2020, equations 4 and 7 and section 4.2
 */
function createNova({ base, local }: RuleInput): RuleRun {
  const sum = new Float32Array(base.length);
  let total = 0;
  let reach = 0;
  return {
    add({ sampleCount, steps, difference }) {
      const a = accumulatedSteps(steps, fround(local.momentum));
      addScaled(sum, difference, fround(sampleCount) / a);
      reach = fround(reach + fround(fround(sampleCount) * a));
      total += sampleCount;
    },
    finish() {
      divide(sum, total);
      const weights = base.slice();
      addScaled(weights, sum, reach / fround(total));
      return { weights, state: new Map() };
    },
  };
}

function accumulatedSteps(steps: number, momentum: number): number {
  if (momentum === 0) return steps;
  let power = 1;
  for (let i = 0; i < steps; i++) power = fround(power * momentum);
  const rest = fround(1 - momentum);
  return fround(fround(steps - fround(fround(momentum * fround(1 - power)) / rest)) / rest);
}
