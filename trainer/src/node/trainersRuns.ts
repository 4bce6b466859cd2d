/** Trainers' runs of past and present rounds that a node's disputes look into: each computed once, while it is needed. */
import type { DisputeRun } from "../audit/dispute/disputeRun.ts";
import type { Claim } from "../audit/dispute/game.ts";
import { readRound } from "../chain/task.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { actor, type RoundContext } from "./roundContext.ts";
import { runOfTrainer } from "./trainersRun.ts";

/** A class for the runs that it keeps open. */
export class TrainersRuns {
  readonly #misbehave: Misbehaviour | undefined;
  readonly #runs = new Map<string, Promise<DisputeRun>>();
  /** All train on the task's executor, so one after the other. */
  #lastOpening: Promise<unknown> = Promise.resolve();

  constructor(misbehave: Misbehaviour | undefined) {
    this.#misbehave = misbehave;
  }

  /** @returns the trainer's run as this node has it: honest, or the lie that this node told. */
  of(context: RoundContext, { round, trainer, slot }: Pick<Claim, "round" | "trainer" | "slot">): Promise<DisputeRun> {
    const key = runKey(round, trainer);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const { chain, job, signal } = context;
    const lies = this.#misbehave === "late-bit-flip" && trainer === actor(context);
    const opening = this.#lastOpening.then(async () => {
      const view = { ...(await readRound(chain, job.taskId, round, { signal })), round };
      return runOfTrainer({ ...context, round: view }, { slot, lies });
    });
    this.#lastOpening = opening.catch(() => {});
    this.#runs.set(key, opening);
    opening.catch(() => this.#runs.delete(key)); // tried again at the next look
    return opening;
  }

  /** Keeps a run that was computed elsewhere, and disposes of it in the end. */
  keep(key: string, run: DisputeRun): void {
    this.#runs.set(key, Promise.resolve(run));
  }

  /** Gives back all runs but these. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const [key, run] of this.#runs) {
      if (keys.has(key)) continue;
      this.#runs.delete(key);
      run.then(
        (open) => open.dispose(),
        () => {},
      );
    }
  }

  dispose(): void {
    this.keepOnly(new Set());
  }
}

/** @returns under what a trainer's run of a round is kept. */
export function runKey(round: number, trainer: string): string {
  return `${round}/${trainer.toLowerCase()}`;
}
