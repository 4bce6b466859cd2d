/**
 * One task's loop: look at the chain, do the one thing that is due, look again.
 *
 * State lives on chain and in the journal, none here that matters: killed at any line and started again, the loop does
 * what is still due. A refusal by the contract is looked at anew; if the duty is gone, somebody was faster.
 */
import { ChainError } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { auditorsStake } from "../chain/nodes.ts";
import { type RoundView, readDuty, readRound, readTask, type TaskView } from "../chain/task.ts";
import { isTagged } from "../protocol/errors.ts";
import { aggregateRound, commitVerdict, revealVerdict } from "./auditorRole.ts";
import { type Duty, dueDuty, isKeeperDuty, type OwnDuty, type Situation } from "./duty.ts";
import type { Job, JobSources } from "./job.ts";
import type { Journal } from "./journal.ts";
import { keep, keeperDelayMs } from "./keeper.ts";
import type { NodeEvent, Role } from "./nodeEvent.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { concludeRound } from "./roundEnd.ts";
import { commitUpdate, revealUpdate } from "./trainerRole.ts";

export interface TaskLoop extends JobSources {
  readonly job: Job;
  readonly journal: Journal;
  readonly roles: readonly Role[];
  readonly forge: boolean;
  readonly emit: (event: NodeEvent) => void;
  /** Stop at once. */
  readonly signal: AbortSignal;
  /** Stop as soon as no commitment of this node is waiting to be opened. */
  readonly finish: AbortSignal;
}

/** Waits between two attempts of a duty that fails. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 8_000 } as const;

interface Seen extends Situation {
  readonly round: (RoundView & { readonly round: number }) | undefined;
  readonly slot: number;
}

/** The only memory of a loop that is neither on chain nor in the journal, and decides nothing but waits and words. */
interface LoopState extends TaskLoop {
  readonly memory: { startEpoch?: bigint; refused?: Duty; refusals: number };
}

/** Runs until the task has no round left, or until told to stop or finish. */
export async function runTask(task: TaskLoop): Promise<void> {
  const loop: LoopState = { ...task, memory: { refusals: 0 } };
  const { chain, signal } = loop;
  const follow = followRounds(loop);
  let failures = 0;
  while (!signal.aborted) {
    let waitMs = chain.pollingMs;
    try {
      const seen = await look(loop);
      await follow(seen);
      if (isDone(loop, seen)) return;
      const duty = loop.finish.aborted && !mustFinish(seen) ? undefined : dueDuty(seen);
      if (duty !== undefined) await perform(loop, seen, duty);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      report(loop, error);
      waitMs = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures++);
    }
    await pause(waitMs, signal);
  }
}

/** Tells of phases as they come and concludes rounds once they are over, also those whose end went by unseen. */
function followRounds(loop: TaskLoop): (seen: Seen) => Promise<void> {
  const { chain, job, signal } = loop;
  let announced = "";
  let concluded: number | undefined;
  return async ({ round }) => {
    if (round === undefined) return;
    const { phase, deadline } = round;
    if (announced !== `${round.round} ${phase}`) {
      loop.emit({ event: "phase", task: `${job.taskId}`, round: round.round, phase, deadline });
    }
    announced = `${round.round} ${phase}`;
    const last = isOver(round) ? round.round : round.round - 1;
    concluded ??= last; // what was over before this process began is not its to conclude
    while (concluded < last) {
      concluded++; // before the work: what fails here is reported, never allowed to hold up a duty
      const over = concluded === round.round ? round : await readRound(chain, job.taskId, concluded, { signal });
      await concludeRound(contextOf(loop, { ...over, round: concluded }), loop.roles);
    }
  };
}

/** Unit: epochs. Stake counts from the epoch after it was paid; whoever joined before we looked counts by then. */
const ACTIVATION_EPOCHS = 2n;

async function isAuditable({ chain, memory, signal }: LoopState, task: TaskView, epoch: bigint): Promise<boolean> {
  memory.startEpoch ??= epoch;
  if (epoch >= memory.startEpoch + ACTIVATION_EPOCHS) return true;
  const { seatStakeWei } = await chain.read("flContract", "limits", [], { signal });
  return (await auditorsStake(chain, { signal })) >= BigInt(task.parameters.committeeSize) * seatStakeWei;
}

async function look(loop: LoopState): Promise<Seen> {
  const { chain, job, roles, signal } = loop;
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
  const auditable = between && (await isAuditable(loop, task, epoch));
  const { minTrainers, rounds } = task.parameters;
  return {
    task: { enrolled: task.enrolled, minTrainers, rounds, round: number, closed: task.closed },
    round: round === undefined ? undefined : { ...round, round: number },
    duty,
    slot: duty.slot,
    nowSeconds: Number(block.timestamp),
    headBlock: block.number,
    epoch,
    auditable,
    roles,
  };
}

async function perform(loop: LoopState, seen: Seen, duty: Duty): Promise<void> {
  try {
    if (!isKeeperDuty(duty)) return await performOwn(loop, seen, duty);
    const { chain, job, signal } = loop;
    const name = `${job.taskId}/${seen.task.round}/${seen.round?.phase ?? ""}/${duty}`;
    await pause(keeperDelayMs(actor(loop), name, chain.pollingMs / 2), signal);
    const now = await look(loop);
    if (dueDuty(now) !== duty) return;
    const seedTargetBlock = BigInt(now.round?.seedTargetBlock ?? 0);
    await keep(duty, { chain, taskId: job.taskId, seedTargetBlock }, { signal });
    loop.memory.refusals = 0;
  } catch (error) {
    const refused = error instanceof ChainError && error.code === "CHAIN_REVERTED";
    if (refused && (mayBeOthers(loop, duty) || dueDuty(await look(loop)) !== duty)) return;
    throw error;
  }
}

/** Refusals of a duty of the house in a row that are put down to somebody faster, or to a block in between. */
const PATIENCE = 4;

function mayBeOthers({ memory }: LoopState, duty: Duty): boolean {
  if (!isKeeperDuty(duty)) return false;
  memory.refusals = memory.refused === duty ? memory.refusals + 1 : 1;
  memory.refused = duty;
  return memory.refusals <= PATIENCE;
}

async function performOwn(loop: TaskLoop, seen: Seen, duty: OwnDuty): Promise<void> {
  if (seen.round === undefined) return;
  const context = contextOf(loop, seen.round);
  switch (duty) {
    case "commitUpdate":
      return commitUpdate(context, { forge: loop.forge, slot: seen.slot });
    case "revealUpdate":
      return revealUpdate(context);
    case "commitVerdict":
      return commitVerdict(context);
    case "revealVerdict":
      return revealVerdict(context);
    case "aggregate":
      return aggregateRound(context);
    default:
      return duty satisfies never;
  }
}

function contextOf(loop: TaskLoop, round: RoundView & { readonly round: number }): RoundContext {
  return { ...loop, round };
}

function isOver(round: RoundView): boolean {
  return round.phase === "Final" || round.phase === "Failed";
}

/** A commitment that is not opened yet costs stake; a seat that is left costs half a per cent. */
function mustFinish({ round, duty }: Seen): boolean {
  if (round === undefined || isOver(round)) return false;
  return (duty.committed && !duty.revealed) || (duty.seated && !(duty.verdictRevealed && duty.attested));
}

function isDone({ finish }: TaskLoop, seen: Seen): boolean {
  const over = seen.round === undefined || isOver(seen.round);
  const exhausted = over && (seen.task.closed || seen.task.round >= seen.task.rounds);
  return exhausted || (finish.aborted && !mustFinish(seen));
}

function report({ emit }: TaskLoop, error: unknown): void {
  if (!isTagged(error)) throw error; // a bug, not a circumstance
  emit({ event: "error", code: error.code, message: error.message });
}
