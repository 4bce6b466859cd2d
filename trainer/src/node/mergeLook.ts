/** What a task's loop sees of its group, between two rounds: everything that decides what is due for the merge. */
import {
  type CohortView,
  type GroupView,
  type Membership,
  readCohort,
  readGroup,
  readMembership,
} from "../chain/cohorts.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { readDuty } from "../chain/task.ts";
import type { MergeSituation } from "./mergeDuty.ts";
import { actor } from "./roundContext.ts";

export interface SeenMerge extends MergeSituation, Membership {
  readonly group: GroupView;
  readonly own: CohortView;
}

export interface MergeQuestion {
  readonly modelId: bigint;
  readonly isOver: boolean;
  /** Unit: unix seconds, of the chain's clock. */
  readonly nowSeconds: number;
}

/** @returns `undefined` for a task that is no cohort. @throws {ChainError} */
export async function lookAtMerge(
  chain: Chain,
  { modelId, isOver, nowSeconds }: MergeQuestion,
  options: CallOptions,
): Promise<SeenMerge | undefined> {
  const membership = await readMembership(chain, modelId, options);
  if (membership === undefined) return undefined;
  const { groupId, cohort } = membership;
  const [group, own, gate, version] = await Promise.all([
    readGroup(chain, groupId, options),
    readCohort(chain, membership, options),
    chain.read("modelRegistry", "gateOf", [modelId], options),
    chain.read("modelRegistry", "latestVersion", [modelId], options),
  ]);
  const { parentVersion } = await chain.read("modelRegistry", "versionOf", [modelId, version], options);
  const node = actor({ chain });
  const mayAttest = group.stage === "Attest" && own.enteredEpoch === group.epoch;
  const entry = { taskId: own.entryTaskId, round: own.round, node };
  const isSeated = mayAttest && (await readDuty(chain, entry, options)).seated;
  const attested = isSeated && (await chain.read("cohorts", "hasAttested", [groupId, cohort, node], options));
  const latest = { isGated: gate.closed, parentVersion };
  return { ...membership, group, own, latest, isSeated, attested, isOver, nowSeconds };
}
