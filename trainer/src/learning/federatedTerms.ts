/** What an aggregation rule needs to know of the plan beside itself. Pure. */
import type { ParsedOptimiser } from "../engine/optimiser.ts";
import { createRandomStream, permutation } from "../engine/philox.ts";
import type { LocalTerms } from "./aggregation/round.ts";
import type { AggregationRule } from "./aggregation/rule.ts";

/** The slot whose seed keys the training on root records; a task's trainers have slots below 256. */
export const ROOT_SLOT = 0xffff;

export function localTerms(optimiser: ParsedOptimiser, steps: number): LocalTerms {
  const { learningRate } = optimiser;
  return { steps, learningRate, momentum: optimiser.type === "sgd" ? optimiser.momentum : 0 };
}

/**
 * The public records that FLTrust's root update is trained on: drawn from the training split by the Philox stream
 * `root-records`, so that everybody finds the same. They stay in the shards too.
 *
 * @param count records of the training split.
 * @param seed the plan's partition seed.
 * @returns record numbers, ascending; `undefined` where the rule has no root.
 */
export function rootShard(rule: AggregationRule, count: number, seed: Uint8Array): Uint32Array | undefined {
  if (rule.kind !== "fltrust") return undefined;
  return permutation(createRandomStream(seed, "root-records"), count).slice(0, rule.rootRecords).sort();
}
