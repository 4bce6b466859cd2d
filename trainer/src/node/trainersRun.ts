/** A trainer's run of a round as this node computes it, taken to its end. */
import type { DisputeRun } from "../audit/dispute/disputeRun.ts";
import { trainingSeed } from "../protocol/plan.ts";
import { trainingBase } from "./aggregation.ts";
import { openDisputeRun } from "./disputeRun.ts";
import { breathe } from "./job.ts";
import { flipLateBit } from "./lateBitFlip.ts";
import type { RoundContext } from "./roundContext.ts";

export interface WhoseRun {
  /** The trainer's place in the task. */
  readonly slot: number;
  /** Whether it is this node's own lie. @default false */
  readonly lies?: boolean;
}

/**
 * Trains once more: a second opinion before money is put up.
 *
 * @returns a run that the caller disposes. @throws what chain, network and engine find; the signal's reason when aborted
 */
export async function runOfTrainer(context: RoundContext, { slot, lies = false }: WhoseRun): Promise<DisputeRun> {
  const { job, round, signal } = context;
  const { parameters: base } = await trainingBase(context, job, round.baseVersion, { signal });
  const seed = trainingSeed(round.seed, job.taskId, round.round, slot);
  const run = await openDisputeRun({ program: job.dispute!, dataset: job.dataset, base, slot, seed });
  const breath = breathe();
  try {
    const onStep = async (): Promise<void> => {
      await breath();
      signal.throwIfAborted();
    };
    await run.train({ executor: job.executor, onStep });
    return lies ? flipLateBit(run) : run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}
