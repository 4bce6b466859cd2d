/** Server optimisers: the mean difference d taken as a gradient. State: `velocity`, or `firstMoment` and `secondMoment`. */

import type { RuleInput, RuleOutcome } from "./round.ts";
import type { AdaptiveRule, AveragingRule } from "./rule.ts";

type ServerRule = Extract<AveragingRule, { readonly kind: "fedavgm" }> | AdaptiveRule;

const { fround, sqrt } = Math;

/** @returns a function from d to the next weights and state. */
export function createServerStep(rule: ServerRule, input: RuleInput): (d: Float32Array) => RuleOutcome {
  return rule.kind === "fedavgm" ? (d) => momentumStep(rule, input, d) : (d) => adaptiveStep(rule, input, d);
}

/** `v = β·v + d`, v₀ = 0; `w = w + η·v`, or with Nesterov's look ahead `w = w + η·(d + β·v)`. */
function momentumStep(
  { learningRate, momentum, nesterov }: Extract<ServerRule, { readonly kind: "fedavgm" }>,
  { base, state }: RuleInput,
  d: Float32Array,
): RuleOutcome {
  const before = state.get("velocity");
  const [rate, beta] = [fround(learningRate), fround(momentum)];
  const weights = new Float32Array(d.length);
  for (let i = 0; i < d.length; i++) {
    const v = fround(fround(beta * (before?.[i] ?? 0)) + d[i]!);
    const step = nesterov ? fround(d[i]! + fround(beta * v)) : v;
    d[i] = v;
    weights[i] = fround(base[i]! + fround(rate * step));
  }
  return { weights, state: new Map([["velocity", d]]) };
}

/**
 * `m = β₁·m + (1 − β₁)·d`, m₀ = 0; v as below, v₀ = τ²; `w = w + (η·m) / (√v + τ)`.
 *
 * fedadagrad: `v = v + d²`. fedadam: `v = β₂·v + (1 − β₂)·d²`. fedyogi: `v = v − ((1 − β₂)·d²)·sign(v − d²)`.
 */
function adaptiveStep(rule: AdaptiveRule, { base, state }: RuleInput, d: Float32Array): RuleOutcome {
  const [rate, beta1, tau] = [fround(rule.learningRate), fround(rule.beta1), fround(rule.epsilon)];
  const beta2 = rule.kind === "fedadagrad" ? 0 : fround(rule.beta2);
  const [rest1, rest2, floor] = [fround(1 - beta1), fround(1 - beta2), fround(tau * tau)];
  const first = state.get("firstMoment");
  const second = state.get("secondMoment");
  const { kind } = rule;
  const secondMoment = new Float32Array(d.length);
  const weights = new Float32Array(d.length);
  for (let i = 0; i < d.length; i++) {
    const square = fround(d[i]! * d[i]!);
    const before = second?.[i] ?? floor;
    const m = fround(fround(beta1 * (first?.[i] ?? 0)) + fround(rest1 * d[i]!));
    let v = fround(before + square);
    if (kind === "fedadam") v = fround(fround(beta2 * before) + fround(rest2 * square));
    else if (kind === "fedyogi")
      v = fround(before - fround(fround(rest2 * square) * Math.sign(fround(before - square))));
    d[i] = m;
    secondMoment[i] = v;
    weights[i] = fround(base[i]! + fround(fround(rate * m) / fround(fround(sqrt(v)) + tau)));
  }
  return {
    weights,
    state: new Map([
      ["firstMoment", d],
      ["secondMoment", secondMoment],
    ]),
  };
}
