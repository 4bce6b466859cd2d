/**
 * What an aggregation rule asks of the trainers' own steps: FedProx's pull to the base, SCAFFOLD's control variates.
 *
 * Both are added after the optimiser's step, scaled by its rate, and stay out of its momentum; for plain SGD that is the
 * papers' gradient. With r the step's rate and w⁻ the weights before the step:
 *
 * proximal: `w = w − (r·μ)·(w⁻ − w₀)`. control: `w = w − r·(c − cₖ)`.
 *
 * @see Li et al. 2020, equation 2; Karimireddy et al. 2020, algorithm 1, line 10
 */
import type { Executor } from "../engine/executor.ts";
import type { ParsedOptimiser } from "../engine/optimiser.ts";
import { createRate } from "../engine/schedule.ts";
import type { Parameters } from "../engine/tensor.ts";
import { flatten, layoutOf, unflatten } from "./aggregation/layout.ts";
import type { AggregationState } from "./aggregation/round.ts";
import type { AggregationRule } from "./aggregation/rule.ts";
import { LearningError } from "./errors.ts";

export type LocalCorrection =
  | { readonly kind: "proximal"; readonly strength: number }
  /** `drift` is `c − cₖ`, shape `[P]`. */
  | { readonly kind: "control"; readonly drift: Float32Array };

const { fround } = Math;

/** @returns what `rule` asks of the trainer at `address` in the round that starts from `state`. */
export function localCorrection(
  rule: AggregationRule,
  state: AggregationState,
  address: string,
): LocalCorrection | undefined {
  if (rule.kind === "fedprox") return { kind: "proximal", strength: rule.proximal };
  if (rule.kind !== "scaffold") return undefined;
  const server = state.get("control")?.data;
  if (server === undefined) return undefined; // the first round: all controls are 0
  const own = state.get(`control.${address.toLowerCase()}`)?.data;
  const drift = new Float32Array(server.length);
  for (let i = 0; i < drift.length; i++) drift[i] = fround(server[i]! - (own?.[i] ?? 0));
  return { kind: "control", drift };
}

/**
 * Checks that the rule's formulas hold for the local optimiser.
 *
 * @throws {LearningError} `LEARNING_RULE_OPTIMISER`
 */
export function requireSuitableOptimiser(rule: AggregationRule, optimiser: ParsedOptimiser): void {
  const refuse = (needed: string): LearningError =>
    new LearningError({ code: "LEARNING_RULE_OPTIMISER", kind: rule.kind }, `${rule.kind} needs ${needed}`);
  if (rule.kind === "fednova" && optimiser.type !== "sgd") throw refuse("a local optimiser of type sgd");
  if (rule.kind !== "scaffold") return;
  const { type, schedule, clipNorm, weightDecay } = optimiser;
  const isPlain = type === "sgd" && optimiser.momentum === 0 && schedule.type === "constant" && weightDecay === 0;
  if (!isPlain || clipNorm !== undefined) {
    throw refuse("sgd with momentum 0, a constant learning rate, no weight decay and no clipping");
  }
}

interface Subject {
  readonly executor: Executor;
  readonly base: Parameters;
  readonly seed: Uint8Array;
}

/** @returns what to call before and after each step. Cost: a copy of the weights out of the executor and back. */
export function correctStep(correction: LocalCorrection, { executor, base, seed }: Subject) {
  const layout = layoutOf(base);
  const { learningRate, schedule } = executor.program.optimiser;
  const rateOf = createRate(learningRate, schedule);
  const origin = flatten(layout, base);
  const before = new Float32Array(layout.size);
  const weights = new Float32Array(layout.size);
  const { kind } = correction;
  return {
    before(): void {
      if (kind === "proximal") flatten(layout, executor.parameters(), before);
    },
    after(step: number): void {
      const checkpoint = executor.checkpoint();
      const rate = fround(rateOf(step));
      flatten(layout, checkpoint.parameters, weights);
      if (correction.kind === "proximal") {
        const pull = fround(rate * fround(correction.strength));
        for (let i = 0; i < weights.length; i++) {
          weights[i] = fround(weights[i]! - fround(pull * fround(before[i]! - origin[i]!)));
        }
      } else {
        const { drift } = correction;
        for (let i = 0; i < weights.length; i++) weights[i] = fround(weights[i]! - fround(rate * drift[i]!));
      }
      executor.restore({ ...checkpoint, parameters: unflatten(layout, weights) }, seed);
    },
  };
}
