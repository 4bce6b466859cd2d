/**
 * Reports the faults that a finished round left behind: commitments never opened, seats left empty.
 *
 * The contract pays half of a missed reveal's slash to whoever reports first, so a node does it for its own good; a
 * silent auditor's slash is burned whole, and reporting it keeps the house.
 */
import type { Address } from "viem";
import { ChainError } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { committedTrainers, readDuty } from "../chain/task.ts";
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
}

async function unopened({ chain, job, round, signal }: RoundContext): Promise<Address[]> {
  if (round.revealed === round.committed) return [];
  const key = { taskId: job.taskId, round: round.round, openedAtBlock: BigInt(round.openedAtBlock) };
  const committed = await committedTrainers(chain, key, { signal });
  return committed.filter(({ index }) => !((round.revealedBitmap >> BigInt(index)) & 1n)).map(({ trainer }) => trainer);
}

/** `FailureReason.NoAggregate`: the committee did not agree, and who kept its attestation back answers for it. */
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
    const { verdictCommitted, verdictRevealed, attested } = duties[i]!;
    return verdictRevealed ? isVetoed && !attested : !verdictCommitted;
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
    if (!(error instanceof ChainError && error.code === "CHAIN_REVERTED")) throw error; // somebody was first
  }
}
