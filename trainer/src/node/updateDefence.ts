/** How a node knows that a disputed update is true: it has trained the same. */
import type { Claim } from "../audit/dispute/game.ts";
import { encodeParameters } from "../engine/checkpoint.ts";
import { tracedSteps } from "../learning/trace.ts";
import { computeContentRef } from "../network/contentDigest.ts";
import { leafHash, merkleRoot } from "../protocol/merkle.ts";
import { plantSaltOf } from "./disputeMove.ts";
import type { RoundContext } from "./roundContext.ts";
import { runKey, type TrainersRuns } from "./trainersRuns.ts";
import type { Defence } from "./volunteer.ts";

/** @returns a defence whose runs are computed, and kept, by `runs`. */
export function updateDefence(runs: TrainersRuns): Defence<"update"> {
  return {
    kind: "update",
    nameOf: ({ round, trainer, updateDigest, traceRoot }) => `${runKey(round, trainer)}/${updateDigest}/${traceRoot}`,
    isTrue: (context, claim) => isTrue(context, claim, runs),
    termsOf: ({ dispute }) => dispute!.terms,
  };
}

/** Whether this node's run ends in the update's very bytes, over the very trace; its own plant's trace it can explain. */
async function isTrue(context: RoundContext, claim: Claim, runs: TrainersRuns): Promise<boolean> {
  const { localSteps, traceStride } = context.job.plan;
  const run = await runs.of(context, claim);
  const { digest } = await computeContentRef(encodeParameters(run.state(localSteps).parameters));
  if (digest !== claim.updateDigest) return false;
  const leaves = tracedSteps(localSteps, traceStride).map((step) => leafHash(run.stateRoot(step)));
  return merkleRoot(leaves) === claim.traceRoot || (await plantSaltOf(context, { claim })) !== undefined;
}
