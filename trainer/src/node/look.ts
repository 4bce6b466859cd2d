/** What a task's loop sees of the chain: everything that decides what is due. */
import type { Chain } from "../chain/connection.ts";
import { auditorsStake } from "../chain/nodes.ts";
import { type RoundView, readDuty, readRound, readTask, type TaskView } from "../chain/task.ts";
import type { Situation } from "./duty.ts";
import type { Job } from "./job.ts";
import { holdsRound } from "./mergeDuty.ts";
import { lookAtMerge, type SeenMerge } from "./mergeLook.ts";
import type { Role } from "./nodeEvent.ts";
import { actor } from "./roundContext.ts";

export interface Seen extends Situation {
  readonly enrolled: boolean;
  readonly round: (RoundView & { readonly round: number }) | undefined;
  readonly slot: number;
  /** Of a cohort between two rounds. */
  readonly merge: SeenMerge | undefined;
  /** Whether the trainer signed for a relay that may still commit it, or has; see `relay/relayedDuty.ts`. */
  readonly isSigned?: boolean;
}

export interface Viewer {
  readonly chain: Chain;
  readonly job: Pick<Job, "taskId">;
  readonly roles: readonly Role[];
  readonly signal: AbortSignal;
  /** Kept between looks. */
  readonly memory: { startEpoch?: bigint };
}

/** Unit: epochs. Stake counts from the epoch after it was paid; whoever joined before we looked counts by then. */
const ACTIVATION_EPOCHS = 2n;

async function isAuditable({ chain, memory, signal }: Viewer, task: TaskView, epoch: bigint): Promise<boolean> {
  memory.startEpoch ??= epoch;
  if (epoch >= memory.startEpoch + ACTIVATION_EPOCHS) return true;
  const { seatStakeWei } = await chain.read("flContract", "limits", [], { signal });
  return (await auditorsStake(chain, { signal })) >= BigInt(task.parameters.committeeSize) * seatStakeWei;
}

/** Reads all that decides, in as few calls as it takes. @throws {ChainError} */
export async function look(viewer: Viewer): Promise<Seen> {
  const { chain, job, roles, signal } = viewer;
  const { taskId } = job;
  const options = { signal };
  const task = await readTask(chain, taskId, options);
  const number = task.round;
  const key = { taskId, round: number, node: actor({ chain }) };
  const [round, duty, block] = await Promise.all([
    number === 0 ? undefined : readRound(chain, taskId, number, options),
    readDuty(chain, key, options),
    chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), options),
  ]);
  const between = round === undefined || isOver(round);
  const asked = between || round.phase === "Draw"; // the epoch decides nothing elsewhere
  const epoch = asked ? await chain.read("nodeRegistry", "currentEpoch", [], options) : 0n;
  const auditable = between && (await isAuditable(viewer, task, epoch));
  const { minTrainers, rounds, modelId } = task.parameters;
  const isExhausted = task.closed || number >= rounds;
  const nowSeconds = Number(block.timestamp);
  const merge = between ? await lookAtMerge(chain, { modelId, isOver: isExhausted, nowSeconds }, options) : undefined;
  return {
    task: { enrolled: task.enrolled, minTrainers, rounds, round: number, closed: task.closed },
    round: round === undefined ? undefined : { ...round, round: number },
    duty,
    enrolled: duty.enrolled,
    slot: duty.slot,
    nowSeconds,
    headBlock: block.number,
    epoch,
    auditable,
    merge,
    isHeld: merge !== undefined && holdsRound(merge),
    roles,
  };
}

export function isOver({ phase }: RoundView): boolean {
  return phase === "Final" || phase === "Failed";
}
