/** Groups of cohorts as the contract tells them. */
import type { CallOptions, Chain } from "./connection.ts";

/** Order of `enum MergeStage` in the contract. */
export const MERGE_STAGES = ["None", "Gather", "Attest"] as const;

export type MergeStage = (typeof MERGE_STAGES)[number];

export type GroupView = Awaited<ReturnType<typeof readGroup>>;
export type CohortView = Awaited<ReturnType<typeof readCohort>>;

/** A model's place in a group. */
export interface Membership {
  readonly groupId: bigint;
  readonly cohort: number;
}

/** @returns `undefined` when the model is no cohort's. Asked of the group's own model it is nonsense. @throws {ChainError} */
export async function readMembership(
  chain: Chain,
  modelId: bigint,
  options: CallOptions,
): Promise<Membership | undefined> {
  const [groupId, cohort] = await chain.read("cohorts", "membershipOf", [modelId], options);
  return groupId === 0n ? undefined : { groupId, cohort };
}

// The return types of these two follow the ABI; writing them out would be the second copy of the contract's structs.

export async function readGroup(chain: Chain, groupId: bigint, options: CallOptions) {
  const group = await chain.read("cohorts", "groupOf", [groupId], options);
  return { ...group, stage: MERGE_STAGES[group.stage] ?? "None" };
}

export async function readCohort(chain: Chain, { groupId, cohort }: Membership, options: CallOptions) {
  return chain.read("cohorts", "cohortOf", [groupId, cohort], options);
}

/** @returns all cohorts of a group, in their order. @throws {ChainError} */
export async function readCohorts(
  chain: Chain,
  { groupId, cohorts }: { readonly groupId: bigint; readonly cohorts: number },
  options: CallOptions,
): Promise<CohortView[]> {
  return Promise.all(Array.from({ length: cohorts }, (_, cohort) => readCohort(chain, { groupId, cohort }, options)));
}

/**
 * A merge of cohorts' versions carries no state of an aggregation rule: a cohort goes on with that of its own version below.
 *
 * @returns `version` of the model, or the last below it that no merge made. @throws {ChainError}
 */
export async function lastRoundVersion(
  chain: Pick<Chain, "read">,
  { modelId, version }: { readonly modelId: bigint; readonly version: bigint },
  options: CallOptions,
) {
  for (let below = version; ; ) {
    const view = await chain.read("modelRegistry", "versionOf", [modelId, below], options);
    const isMerge = view.taskId === 0n && view.round > 0; // others are of a round, or published by hand
    if (!isMerge || view.parentVersion >= below) return { ...view, version: below }; // an RPC may lie, but not for ever
    below = view.parentVersion;
  }
}
