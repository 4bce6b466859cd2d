/**
 * One task's loop: look at the chain, do the one thing that is due, look again.
 *
 * State lives on chain and in the journal, none here that matters: killed at any line and started again, the loop does
 * what is still due. A refusal by the contract is looked at anew; if the duty is gone, somebody was faster.
 *
 * Longer than usual: everything that may be due in one turn, in its order.
 */
import { refusalOf } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { type RoundView, readRound } from "../chain/task.ts";
import { isTagged } from "../protocol/errors.ts";
import { aggregateRound } from "./aggregateRole.ts";
import { commitVerdict, revealVerdict } from "./auditorRole.ts";
import { createDisputeDesk, type DisputeDesk } from "./disputeDesk.ts";
import { type Duty, dueDuty, isKeeperDuty, type OwnDuty } from "./duty.ts";
import type { Job, JobSources } from "./job.ts";
import type { Journal } from "./journal.ts";
import { keep, keeperDelayMs } from "./keeper.ts";
import { isOver, type Seen } from "./look.ts";
import { type AttendMerge, createMergeDesk, isUnmerged } from "./mergeDesk.ts";
import { liesAboutMean, type Misbehaviour } from "./misbehaviour.ts";
import type { NodeEvent, Role } from "./nodeEvent.ts";
import { createPayday, type Payday } from "./payday.ts";
import { keepPlace, type PlaceView } from "./place.ts";
import { reportMissedPlants } from "./plant.ts";
import { lookWithRelay as look } from "./relay/relayedDuty.ts";
import type { TrainersRelay } from "./relay/trainersRelay.ts";
import { createReportDesk, type ReportDesk } from "./reportDesk.ts";
import { actor, type Pace, type RoundContext } from "./roundContext.ts";
import { concludeRound } from "./roundEnd.ts";
import { commitUpdate, revealUpdate } from "./trainerRole.ts";

export interface TaskLoop extends JobSources {
  readonly job: Job;
  readonly journal: Journal;
  readonly roles: readonly Role[];
  readonly misbehave: Misbehaviour | undefined;
  /** Rounds in a hundred in which a trainer plants an error. */
  readonly plantPercent: number;
  /** Whether a trainer that was evicted joins again. */
  readonly rejoins: boolean;
  /** Whether pay is fetched without being asked for. */
  readonly claims: boolean;
  /** Whether an auditor makes and files reports of rounds. */
  readonly reports: boolean;
  /** Games of absent trainers that an auditor takes up at once. */
  readonly volunteerGames: number;
  /** Who sends this trainer's commitments. @default itself */
  readonly relay: TrainersRelay | undefined;
  readonly emit: (event: NodeEvent) => void;
  /** Stop at once. */
  readonly signal: AbortSignal;
  /** Stop as soon as no commitment of this node is waiting to be opened. */
  readonly finish: AbortSignal;
}

/** Waits between two attempts of a duty that fails. Unit: milliseconds. */
const RETRY_MS = { first: 500, most: 8_000 } as const;

/** The only memory of a loop that is neither on chain nor in the journal, and decides nothing but waits and words. */
interface LoopState extends TaskLoop {
  readonly memory: { startEpoch?: bigint; noBatch?: string; refused?: Duty; refusals: number; plantsReported?: string };
  readonly pace: Pace;
}

/** Runs until the task has no round left, or until told to stop or finish. */
export async function runTask(task: TaskLoop): Promise<void> {
  const loop: LoopState = { ...task, memory: { refusals: 0 }, pace: { replaySeconds: 0 } };
  const { signal, finish } = task;
  const reports = createReportDesk({ ...task, signal: AbortSignal.any([signal, finish]) });
  const payday = paydayOf(loop);
  const follow = followRounds(loop, { reports, payday });
  const keepOwnPlace = placeKeeper(loop);
  const disputes = createDisputeDesk(task);
  const merge = createMergeDesk({ ...task, look: async () => (await look(loop)).merge });
  try {
    await attendTask(loop, { follow, keepOwnPlace, disputes, merge, reports, payday });
    await reports.finished();
  } finally {
    disputes.dispose();
  }
}

interface Attendants {
  readonly follow: (seen: Seen) => Promise<void>;
  readonly keepOwnPlace: (view: PlaceView) => Promise<void>;
  readonly disputes: DisputeDesk;
  readonly merge: AttendMerge;
  readonly reports: ReportDesk;
  readonly payday: Payday;
}

async function attendTask(loop: LoopState, attendants: Attendants): Promise<void> {
  const { chain, signal } = loop;
  let failures = 0;
  while (!signal.aborted) {
    let waitMs = chain.pollingMs;
    try {
      if (await attendants.reports.during(() => takeTurn(loop, attendants))) return;
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      report(loop, error);
      waitMs = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures++);
    }
    await pause(waitMs, signal);
  }
}

/** @returns whether the task is done. */
async function takeTurn(loop: LoopState, attendants: Attendants): Promise<boolean> {
  const { follow, keepOwnPlace, disputes, merge, payday } = attendants;
  const seen = await look(loop);
  await reportPlants(loop, seen); // first: once the next round opens it may be too late
  await follow(seen);
  const hasLeft = seen.round !== undefined && (await disputes.attend(contextOf(loop, seen.round), seen.nowSeconds));
  if (isDone(loop, seen) && !disputes.isBusy()) {
    payday.earn(seen.round?.round ?? 0);
    return await payday.attend();
  }
  if (!hasLeft) await doWhatIsDue(loop, seen, keepOwnPlace);
  await merge(seen.merge);
  await payday.attend();
  return false;
}

async function doWhatIsDue(loop: LoopState, seen: Seen, keepOwnPlace: Attendants["keepOwnPlace"]): Promise<void> {
  if (!loop.finish.aborted) await keepOwnPlace({ ...seen.task, enrolled: seen.enrolled });
  const duty = loop.finish.aborted && !mustFinish(seen) ? undefined : dueDuty(seen);
  if (duty !== undefined) await perform(loop, seen, duty);
}

/** Phases in which an auditor that accepted a planted error can be reported. */
const PLANTS_SHOW: readonly string[] = ["Aggregate", "Challenge", "Final", "Failed"];

/** Once a committee: its journal entry, or none, does not change any more. First of all what a crash left unreported. */
async function reportPlants(loop: LoopState, { round, slot }: Seen): Promise<void> {
  const { chain, job, memory, roles, signal } = loop;
  if (round === undefined || !roles.includes("trainer")) return;
  if (memory.plantsReported === undefined && round.round > 1) {
    const before = round.round - 1;
    const view = await readRound(chain, job.taskId, before, { signal });
    await reportMissedPlants({ ...contextOf(loop, { ...view, round: before }), slot });
  }
  memory.plantsReported ??= "";
  const committee = `${round.round}/${round.attempt}`;
  if (memory.plantsReported === committee || !PLANTS_SHOW.includes(round.phase)) return;
  await reportMissedPlants({ ...contextOf(loop, round), slot });
  memory.plantsReported = committee;
}

function placeKeeper(loop: LoopState): (view: PlaceView) => Promise<void> {
  const { chain, job, rejoins, emit, signal, roles } = loop;
  if (!roles.includes("trainer")) return async () => {};
  const { minStakeWei } = job.task.parameters;
  const options = { signal };
  return keepPlace({ chain, taskId: job.taskId, minStakeWei, rejoins, emit, nowMs: () => performance.now(), options });
}

/** At the end of the task and, in a long one, every so many rounds: few calls for many rounds' pay. Unit: rounds. */
const SETTLE_ROUNDS = 32;

function paydayOf(loop: LoopState): Payday {
  const { chain, job, claims, finish, emit, signal } = loop;
  const isWanted = (): boolean => claims && !finish.aborted; // somebody may wait for the end
  return createPayday({ chain, taskId: job.taskId, isWanted, emit, onProblem: (error) => report(loop, error), signal });
}

/** Tells of phases as they come and concludes rounds once they are over, also those whose end went by unseen. */
function followRounds(
  loop: LoopState,
  { reports, payday }: Pick<Attendants, "reports" | "payday">,
): (seen: Seen) => Promise<void> {
  const { chain, job, signal } = loop;
  let announced = "";
  let concluded: number | undefined;
  return async (seen) => {
    const { round } = seen;
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
      const member = { roles: loop.roles, slot: seen.enrolled ? seen.slot : undefined };
      const context = contextOf(loop, { ...over, round: concluded });
      reports.begin(context);
      await concludeRound(context, member);
      if (concluded % SETTLE_ROUNDS === 0) payday.earn(concluded);
    }
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
    const refusal = refusalOf(error);
    if (refusal?.errorName === "FLContractDisputed") return; // the round stays in `Challenge` while a dispute is open
    if (refusal !== undefined && (mayBeOthers(loop, duty) || dueDuty(await look(loop)) !== duty)) return;
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

async function performOwn(loop: LoopState, seen: Seen, duty: OwnDuty): Promise<void> {
  if (seen.round === undefined) return;
  const context = contextOf(loop, seen.round);
  switch (duty) {
    case "commitUpdate":
      return commitUpdate(context, {
        ...loop,
        lie: loop.misbehave === "forge" || loop.misbehave === "late-bit-flip" ? loop.misbehave : undefined,
        slot: seen.slot,
      });
    case "revealUpdate":
      return revealUpdate(context);
    case "commitVerdict":
      return commitVerdict(context, { lazy: loop.misbehave === "lazy", nowSeconds: seen.nowSeconds });
    case "revealVerdict":
      return revealVerdict(context);
    case "aggregate":
      return aggregateRound(context, { lies: liesAboutMean(loop.misbehave, context.round) });
    default:
      return duty satisfies never;
  }
}

function contextOf(loop: LoopState, round: RoundView & { readonly round: number }): RoundContext {
  return { ...loop, round };
}

/** A commitment that is not opened yet costs stake; a seat that is left costs half a per cent. */
function mustFinish({ round, duty, isSigned }: Seen): boolean {
  if (round === undefined || isOver(round)) return false;
  return ((isSigned || duty.committed) && !duty.revealed) || (duty.seated && !(duty.verdictRevealed && duty.attested));
}

function isDone({ finish }: TaskLoop, seen: Seen): boolean {
  const over = seen.round === undefined || isOver(seen.round);
  const exhausted = over && !isUnmerged(seen.merge) && (seen.task.closed || seen.task.round >= seen.task.rounds);
  return exhausted || (finish.aborted && !mustFinish(seen));
}

function report({ emit }: TaskLoop, error: unknown): void {
  if (!isTagged(error)) throw error; // a bug, not a circumstance
  emit({ event: "error", code: error.code, message: error.message });
}
