/**
 * Reports the faults that a finished round left behind: commitments never opened, seats left empty, places left idle.
 *
 * The contract pays half of a missed reveal's slash to whoever reports first, so a node does it for its own good; a
 * silent auditor's slash is burned whole, and reporting it keeps the house, as freeing an idle place does.
 */
import type { Address } from "viem";
import { refusalOf } from "../chain/chainError.ts";
import { committedTrainers } from "../chain/commitOrder.ts";
import { pause } from "../chain/deadline.ts";
import { joinedTrainers, readDuty, readTask } from "../chain/task.ts";
import { keeperDelayMs } from "./keeper.ts";
import { actor, type RoundContext } from "./roundContext.ts";

/** Sends a report for every fault of the round that nobody reported yet. @throws {ChainError} but no refusal */
export async function reportFaults(context: RoundContext): Promise<void> {
  const { chain, job, round, signal } = context;
  const { taskId } = job;
  for (const trainer of await unopened(context)) {
    await report(context, trainer, () =>
      chain.send("flContract", "reportMissedReveal", [taskId, round.round, trainer], { signal }),
    );
  }
  for (const auditor of await silent(context)) {
    await report(context, auditor, () =>
      chain.send("flContract", "reportSilentAuditor", [taskId, round.round, round.attempt, auditor], { signal }),
    );
  }
  if (!(await lacksPlace(context))) return;
  for (const trainer of await idle(context)) {
    await report(context, trainer, async () => {
      if (await lacksPlace(context)) await chain.send("flContract", "evict", [taskId, trainer], { signal });
    });
  }
}

/** Whether newcomers find no place, and the rounds can do without one trainer or come to nothing as it is. */
async function lacksPlace({ chain, job, round, signal }: RoundContext): Promise<boolean> {
  const { enrolled, closed, parameters } = await readTask(chain, job.taskId, { signal });
  const isSpare = enrolled > parameters.minTrainers || round.committed === 0 || round.revealed === 0;
  return !closed && enrolled === parameters.maxTrainers && isSpare;
}

/** Who delivered nothing in the last rounds, as the contract counts. */
async function idle({ chain, job, signal }: RoundContext): Promise<Address[]> {
  const trainers = await joinedTrainers(chain, job.taskId, { signal });
  const verdicts = trainers.map((it) => chain.read("flContract", "isIdle", [job.taskId, it], { signal }));
  const isIdle = await Promise.all(verdicts);
  return trainers.filter((_, i) => isIdle[i]);
}

async function unopened({ chain, job, round, signal }: RoundContext): Promise<Address[]> {
  if (round.revealed === round.committed) return [];
  const key = { taskId: job.taskId, round: round.round, openedAtBlock: BigInt(round.openedAtBlock) };
  const committed = await committedTrainers(chain, key, { signal });
  return committed.filter(({ index }) => !((round.revealedBitmap >> BigInt(index)) & 1n)).map(({ trainer }) => trainer);
}

/** `FailureReason.NoAggregate`: the committee did not agree, and who kept its attestation back or wasted it answers for it. */
const NO_AGGREGATE = 6;

async function silent({ chain, job, round, signal }: RoundContext): Promise<Address[]> {
  const isVetoed = round.phase === "Failed" && round.failure === NO_AGGREGATE;
  if (round.verdictsRevealed === round.seats && !isVetoed) return [];
  const { taskId } = job;
  const seats = await chain.read("flContract", "committeeOf", [taskId, round.round], { signal });
  const members = [...new Set(seats)]; // a node may hold several
  const duties = await Promise.all(
    members.map((node) => readDuty(chain, { taskId, round: round.round, node }, { signal })),
  );
  return members.filter((_, i) => {
    const { verdictCommitted, verdictRevealed, attested, dissented } = duties[i]!;
    return verdictRevealed ? isVetoed && (!attested || dissented) : !verdictCommitted;
  });
}

async function report(context: RoundContext, culprit: Address, send: () => Promise<unknown>): Promise<void> {
  const { chain, job, round, signal } = context;
  const self = actor(context);
  if (culprit.toLowerCase() === self.toLowerCase()) return; // a slash pays nobody for its own fault
  await pause(keeperDelayMs(self, `${job.taskId}/${round.round}/${culprit}`, chain.pollingMs), signal);
  try {
    await send();
  } catch (error) {
    if (refusalOf(error) === undefined) throw error; // somebody was first
  }
}
