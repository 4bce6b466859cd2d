/**
 * SCAFFOLD, option II: each trainer's control variate is what its last update says of its own gradient.
 *
 * Trainers keep nothing: every control follows from published updates, so it is the aggregation's state. With c, cₖ (0 at
 * first), K steps of rate η, S updates of M places:
 *
 * `Δ̄ = (Σ Δₖ) / S`, `w = w₀ + ηg·Δ̄`; `cₖ′ = (cₖ − c) − Δₖ·(1/(K·η))`; `c′ = c + (Σ (cₖ′ − cₖ)) / M`.
 *
 * Local steps are corrected by `c − cₖ`, see `localCorrection.ts`.
 *
 * @see Karimireddy et al. 2020, algorithm 1, https://arxiv.org/abs/1910.06378
 */
import type { RuleInput, RuleRun } from "./round.ts";
import { addScaled, divide } from "./vectors.ts";

const { fround } = Math;

export function createScaffold(
  { learningRate }: { readonly learningRate: number },
  { base, state, local, population }: RuleInput,
): RuleRun {
  const size = base.length;
  const sum = new Float32Array(size);
  const drift = new Float32Array(size);
  const server = state.get("control") ?? new Float32Array(size);
  const next = new Map(state);
  let count = 0;
  return {
    add({ address, steps, difference }) {
      const name = `control.${address}`;
      const before = state.get(name);
      const factor = fround(1 / fround(fround(steps) * fround(local.learningRate)));
      count++;
      for (let i = 0; i < size; i++) {
        const own = before?.[i] ?? 0;
        const after = fround(fround(own - server[i]!) - fround(difference[i]! * factor));
        sum[i] = sum[i]! + difference[i]!;
        drift[i] = fround(drift[i]! + fround(after - own));
        difference[i] = after;
      }
      next.set(name, difference);
    },
    finish() {
      divide(sum, count);
      const weights = base.slice();
      addScaled(weights, sum, learningRate);
      divide(drift, population);
      const control = new Float32Array(size);
      for (let i = 0; i < size; i++) control[i] = server[i]! + drift[i]!;
      next.set("control", control);
      return { weights, state: next };
    },
  };
}
