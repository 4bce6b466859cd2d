/**
 * A tab's loop over one task: look at the chain, begin the one thing that is due, look again.
 *
 * State lives on chain and in the journal, none here that matters. A duty runs beside the looking, so a wallet that hangs
 * holds up nothing; the round's end calls a training off. Duties of the house are left to nodes: a visitor is asked for
 * signatures of its own only.
 */
import { readDuty, readRound, readTask } from "@cairn/trainer/chain/task";
import { dueDuty } from "@cairn/trainer/node/duty";
import { isTagged } from "@cairn/trainer/protocol/errors";
import { TrainError } from "../trainError.ts";
import { commitUpdate, type DutyResult, keyOf, revealUpdate } from "./roundDuties.ts";
import type { Round, TabTrainer } from "./tabTrainer.ts";

/** Waits between two attempts of what fails. Unit: milliseconds. */
const RETRY_MS = { first: 1_000, most: 15_000 } as const;

type TrainerDuty = "commitUpdate" | "revealUpdate";

interface Seen {
  readonly round: Round | undefined;
  readonly task: { readonly round: number; readonly rounds: number; readonly closed: boolean };
  readonly slot: number;
  readonly committed: boolean;
  readonly revealed: boolean;
  readonly isEnrolled: boolean;
  readonly due: TrainerDuty | undefined;
}

interface Running {
  readonly duty: TrainerDuty;
  readonly round: number;
  readonly over: AbortController;
  readonly done: Promise<void>;
}

interface LoopState {
  running: Running | undefined;
  /** Duties that are not begun again: declined, until the visitor wants it; or given up for this round. */
  readonly held: Map<string, "declined" | "givenUp">;
  announced: string;
  concluded: number | undefined;
  failures: number;
  isFinishing: boolean;
}

/** Runs until the task has no round left, or until told to stop or finish. Ends no wallet dialog. */
export async function runTabTrainer(trainer: TabTrainer): Promise<void> {
  const { signal, finish, emit, pause, pollingMs } = trainer;
  const state: LoopState = {
    ...{ running: undefined, held: new Map(), announced: "", concluded: undefined },
    ...{ failures: 0, isFinishing: false },
  };
  while (!signal.aborted) {
    let waitMs = pollingMs;
    try {
      const seen = await look(trainer);
      await follow(trainer, state, seen);
      if (finish.aborted && !state.isFinishing) emit({ type: "finishing" });
      state.isFinishing = finish.aborted;
      if (isDone(trainer, state, seen)) {
        return emit({ type: "stopped", reason: endOf(trainer, seen) });
      }
      begin(trainer, state, seen);
      if (state.failures > 0 && state.running === undefined) emit({ type: "recovered" });
      if (state.running === undefined) state.failures = 0;
    } catch (error) {
      if (signal.aborted) break;
      report(trainer, error);
      waitMs = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** state.failures++);
    }
    await pause(waitMs, signal);
  }
  state.running?.over.abort();
  emit({ type: "stopped", reason: "stopped" });
}

async function look(trainer: TabTrainer): Promise<Seen> {
  const { chain, clock, taskId, account, signal } = trainer;
  const options = { signal };
  const task = await readTask(chain, taskId, options);
  const { round: number, closed, enrolled, parameters } = task;
  const [round, duty, block, [isEnrolled]] = await Promise.all([
    number === 0 ? undefined : readRound(chain, taskId, number, options),
    readDuty(chain, { taskId, round: number, node: account }, options),
    chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), options),
    chain.read("flContract", "slotOf", [taskId, account], options),
  ]);
  clock.hear(block);
  const { rounds, minTrainers } = parameters;
  const due = dueDuty({
    task: { enrolled, minTrainers, rounds, round: number, closed },
    round,
    duty,
    nowSeconds: clock.seconds() ?? Number(block.timestamp),
    headBlock: block.number,
    ...{ epoch: 0n, auditable: false, isHeld: false, roles: ["trainer"] }, // duties of the house are not ours
  });
  return {
    round: round && { ...round, round: number },
    task: { round: number, rounds, closed },
    slot: duty.slot,
    committed: duty.committed,
    revealed: duty.revealed,
    isEnrolled,
    due: due === "commitUpdate" || due === "revealUpdate" ? due : undefined,
  };
}

/** Tells of phases as they come, calls off what a round's end has made useless, and concludes rounds that are over. */
async function follow(trainer: TabTrainer, state: LoopState, seen: Seen): Promise<void> {
  const { round, committed, revealed, slot, isEnrolled } = seen;
  const { emit } = trainer;
  if (round === undefined) {
    if (state.announced === "") emit({ type: "waiting", round: 1 });
    state.announced = "none";
    return;
  }
  const { phase, deadline } = round;
  const name = `${round.round} ${phase} ${deadline}`;
  if (state.announced !== name) emit({ type: "phase", round: round.round, phase, deadline, committed, revealed });
  state.announced = name;
  const { running } = state;
  if (running?.round === round.round && (running.duty === "commitUpdate" ? committed : revealed)) {
    running.over.abort(); // the chain has it: whatever the page knows of the transaction is not waited for
    state.running = undefined;
    emit({ type: running.duty === "commitUpdate" ? "committed" : "revealed", round: round.round });
    return;
  }
  const isTimely = running?.duty === "commitUpdate" ? phase === "Commit" : phase === "Commit" || phase === "Reveal";
  if (running !== undefined && (running.round !== round.round || !isTimely)) running.over.abort();
  if (!isOver(round)) return;
  const last = state.concluded ?? (committed ? round.round - 1 : round.round); // of the past, only what was ours is told
  state.concluded = round.round;
  if (last >= round.round) return;
  emit({ type: "over", round: round.round, outcome: committed && isEnrolled ? outcomeOf(round, slot) : "none" });
  await forgetUntil(trainer, round);
}

/** Openings of rounds that are over are public. */
async function forgetUntil(trainer: TabTrainer, round: Round): Promise<void> {
  const { taskId, ...owner } = keyOf(trainer, round);
  for (const kept of await trainer.journal.list(owner)) {
    if (kept.taskId === taskId && kept.round <= round.round) await trainer.journal.forget(kept);
  }
}

function outcomeOf({ phase, acceptedBitmap }: Round, slot: number): "accepted" | "rejected" | "failed" {
  if (phase === "Failed") return "failed";
  return (acceptedBitmap >> BigInt(slot)) & 1n ? "accepted" : "rejected";
}

function begin(trainer: TabTrainer, state: LoopState, seen: Seen): void {
  const { round, due, slot } = seen;
  if (due === undefined || round === undefined || state.running !== undefined) return;
  if (due === "commitUpdate" && trainer.finish.aborted) return;
  const name = `${round.round} ${due}`;
  if (state.held.get(name) === "declined" && trainer.mayAskAgain()) state.held.delete(name);
  if (state.held.has(name)) return;
  const over = new AbortController();
  const signal = AbortSignal.any([trainer.signal, over.signal]);
  const perform = due === "commitUpdate" ? commitUpdate : revealUpdate;
  const done = perform(trainer, { round, slot }, signal)
    .then((result) => hold(state, name, result))
    .catch((error: unknown) => {
      if (signal.aborted) return;
      state.failures++;
      if (error instanceof TrainError && error.code === "TRAIN_OPENING_MISSING") {
        trainer.emit({ type: "openingMissing", round: round.round });
        state.held.set(name, "declined"); // a package may yet be brought
      } else report(trainer, error);
      return trainer.pause(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** state.failures), signal);
    })
    .finally(() => {
      if (state.running?.over === over) state.running = undefined;
    });
  state.running = { duty: due, round: round.round, over, done };
}

function hold(state: LoopState, name: string, result: DutyResult): void {
  state.failures = 0;
  if (result === "declined") state.held.set(name, "declined");
  if (result === "tooLate") state.held.set(name, "givenUp");
}

/** A commitment that is not opened costs stake; nothing else holds a tab that is to finish. */
function isDone({ finish }: TabTrainer, { running }: LoopState, seen: Seen): boolean {
  const { round, task, committed, revealed, isEnrolled } = seen;
  const over = round === undefined || isOver(round);
  const owes = !over && committed && !revealed && ["Commit", "Reveal"].includes(round.phase);
  if (!isEnrolled && !owes) return true;
  if (over && (task.closed || task.round >= task.rounds)) return true;
  return finish.aborted && running === undefined && !owes;
}

function endOf({ finish }: TabTrainer, { isEnrolled, task }: Seen): "finished" | "tasks done" | "left" {
  if (task.closed || task.round >= task.rounds) return "tasks done";
  return isEnrolled || finish.aborted ? "finished" : "left";
}

function isOver({ phase }: Round): boolean {
  return phase === "Final" || phase === "Failed";
}

function report({ emit }: TabTrainer, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  emit({ type: "problem", code: isTagged(error) ? error.code : "TRAIN_FAILED", message });
}
