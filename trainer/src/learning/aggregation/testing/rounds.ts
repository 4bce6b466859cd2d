/** Rounds of a model with one tensor, small enough to work by hand. For tests only. */
import { aggregate } from "../../aggregate.ts";
import type { AggregationResult, AggregationRound, AggregationState } from "../round.ts";
import { parseAggregationRule } from "../rule.ts";

/** Address of trainer `index`. */
export function addressOf(index: number): string {
  return `0x${index.toString(16).padStart(40, "0")}`;
}

export interface HandRound {
  readonly rule: object;
  /** @default zeros */
  readonly base?: readonly number[];
  /** Weights that trainers 1, 2, 3 … send. */
  readonly updates: readonly (readonly number[])[];
  /** @default 1 each */
  readonly samples?: readonly number[];
  readonly steps?: readonly number[];
  readonly state?: AggregationState;
  readonly local?: Partial<AggregationRound["local"]>;
  readonly population?: number;
  readonly root?: readonly number[];
  readonly seed?: Uint8Array;
}

export function play(hand: HandRound): AggregationResult {
  const { rule, updates, samples, steps, state = new Map(), population = 4, root, seed = new Uint8Array(32) } = hand;
  const tensor = (values: readonly number[]) =>
    new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
  const base = tensor(hand.base ?? updates[0]!.map(() => 0));
  const local = { steps: 10, learningRate: 0.5, momentum: 0, ...hand.local };
  return aggregate(
    parseAggregationRule(rule),
    { base, state, seed, local, population, root: root && tensor(root) },
    updates.map((values, i) => ({
      address: addressOf(i + 1),
      sampleCount: samples?.[i] ?? 1,
      steps: steps?.[i],
      parameters: tensor(values),
    })),
  );
}

export function weightsOf({ parameters }: AggregationResult): number[] {
  return [...parameters.get("w")!.data];
}
