/** What a simulation is, besides the plan: how many trainers, who of them is bad, whom the network holds up. Types only. */
import type { Hex } from "../protocol/hex.ts";
import type { TrainingPlan } from "../protocol/plan.ts";

export interface Scenario {
  /** The plan of a task as it would stand on chain. */
  readonly plan: TrainingPlan;
  readonly rounds: number;
  /** Trainers in the pool; one beyond the plan's shards trains on the shard that its number wraps to. Range: 1 … 2^31. */
  readonly trainers: number;
  /** Trainers drawn for each round. Range: 1 … trainers. */
  readonly perRound: number;
  /** 32 bytes that key everything chance decides: seeds of the rounds, who is drawn, who drops out, attacks' noise. */
  readonly seed: Uint8Array;
  readonly attack?: Attack | undefined;
  /** Part of the trainers that nobody hears of in a round. Range: 0 ≤ p < 1. @default 0 */
  readonly dropout?: number | undefined;
  /** Absent: everybody is in time, and no time is modelled. */
  readonly network?: NetworkModel | undefined;
  /** The model is evaluated after every so many rounds, and after the last. */
  readonly evaluateEvery: number;
  /** Seeds in place of those that `seed` gives: to do a real task's rounds again. */
  readonly roundSeeds?: ((round: number) => RoundSeeds) | undefined;
  /** Addresses by number, in place of 1, 2, 3, …: to do a real task's rounds again. Only without an attack. */
  readonly addresses?: readonly string[] | undefined;
  /** @default 1 */
  readonly taskId?: bigint | undefined;
}

export interface RoundSeeds {
  /** As fixed when the round opens; keys trainings. */
  readonly seed: Hex;
  /** As drawn after the commitments; keys buckets. */
  readonly committeeSeed: Hex;
}

/** What the bad trainers do. They are those with the highest numbers, and know every honest update of the round. */
export type Attack = { readonly count: number } & (
  | { readonly kind: "labelFlip" }
  /** `−factor·Δ` of their own honest Δ. */
  | { readonly kind: "signFlip"; readonly factor: number }
  /** `factor·Δ` of their own honest Δ. */
  | { readonly kind: "scaled"; readonly factor: number }
  /** Noise of this deviation in place of Δ. */
  | { readonly kind: "gaussian"; readonly deviation: number }
  /** A little is enough: `μ − z·σ` a coordinate. Baruch, Baruch, Goldberg 2019, https://arxiv.org/abs/1902.06156 */
  | { readonly kind: "alie"; readonly z: number }
  /** Inner product manipulation: `−ε·μ`. Xie, Koyejo, Gupta 2019, https://arxiv.org/abs/1903.03936 */
  | { readonly kind: "ipm"; readonly epsilon: number }
  /** `μ − γ·σ`, γ as large as stays among the honest. Shejwalkar, Houmansadr, NDSS 2021 */
  | { readonly kind: "minMax" | "minSum" }
  /** Trains on images with a patch, labelled `target`, and sends `factor·Δ`. Bagdasaryan et al. 2020, https://arxiv.org/abs/1807.00459 */
  | { readonly kind: "backdoor"; readonly target: number; readonly share: number; readonly factor: number }
  /** What the model itself did in the last round. Lin, Du, Liu 2019, https://arxiv.org/abs/1911.12560 */
  | { readonly kind: "freeRider" }
  /** The update of the first honest trainer: also the mimic attack. Karimireddy, He, Jaggi 2022, https://arxiv.org/abs/2006.09365 */
  | { readonly kind: "copy" }
);
export type AttackKind = Attack["kind"];

/** How long a trainer takes; each has its own speed and connection, drawn once. */
export interface NetworkModel {
  /** Median time of one local step. Unit: seconds. */
  readonly stepSeconds: number;
  /** Medians. Unit: megabits a second. */
  readonly upMbps: number;
  readonly downMbps: number;
  /** Unit: seconds, one way. */
  readonly latencySeconds: number;
  /** Trainers differ by a factor of `2^(spread·normal)`. @default 0: all alike */
  readonly spread: number;
  readonly stragglers: { readonly share: number; readonly slowdown: number };
  /** What comes later than this is not waited for; 0: everything is. Unit: seconds. */
  readonly deadlineSeconds: number;
  /** What a trainer does that sees it will be late. */
  readonly late: "drop" | "fewerSteps";
}
