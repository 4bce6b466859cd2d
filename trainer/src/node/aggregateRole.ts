/** An auditor's last duty: make the aggregate of what was accepted, then propose or attest it. */
import { refusalOf } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { revealedUpdates } from "../chain/task.ts";
import type { Parameters } from "../engine/tensor.ts";
import type { Contribution } from "../learning/aggregation/round.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { aggregateUpdates, aggregationBase, storeVersion } from "./aggregation.ts";
import { acceptedUpdates, FALSE_MEAN, fileOf, meanOf } from "./meanRuns.ts";
import { actor, logsOf, type RoundContext, timed } from "./roundContext.ts";
import { fetchUpdate, MALFORMED, problemOf } from "./updateFetch.ts";

/** How long each later seat waits for the one before it to propose. Unit: milliseconds. */
const SEAT_PATIENCE_MS = 400;

/** Makes the aggregate of the accepted updates, stores it, and proposes or attests its digest. */
export async function aggregateRound(context: RoundContext, { lies }: { readonly lies: boolean }): Promise<void> {
  const { chain, store, job, round, signal, emit } = context;
  const updates = await revealedUpdates(chain, logsOf(context), { signal });
  const accepted = updates.filter(({ index }) => (round.acceptedBitmap >> BigInt(index)) & 1n);
  const base = await aggregationBase(context, job, round.baseVersion, { signal });
  const contributions: Contribution[] = [];
  for (const update of accepted) {
    let parameters: Parameters | undefined;
    const problem = await problemOf(async () => {
      parameters = await fetchUpdate(context, update, { base: base.parameters });
    }, MALFORMED);
    const { trainer: address, sampleCount } = update;
    if (problem === undefined) contributions.push({ address, sampleCount, parameters: parameters! });
  }
  const { seconds, value } = await timed(() => aggregateUpdates(job, round, { base, contributions, signal }));
  const { digest, byteLength } =
    lies && job.mean !== undefined
      ? await store.put(await falseMean(context), { signal })
      : await storeVersion(store, value, { signal });
  const task = job.taskId.toString();
  emit({ event: "aggregated", task, round: round.round, digest, byteLength, accepted: accepted.length, seconds });
  await proposeOrAttest(context, { digest, byteLength }, contributions.length === accepted.length);
}

/** For demonstrations and tests alone: see misbehaviour.ts. */
async function falseMean(context: RoundContext): Promise<Uint8Array> {
  const run = await meanOf(context, await acceptedUpdates(context, context.round.acceptedBitmap));
  return fileOf(run.lyingAt(FALSE_MEAN));
}

/** Who had to leave out what is no update can't defend the rest in a dispute, and leaves it to others to propose it. */
async function proposeOrAttest(
  context: RoundContext,
  { digest, byteLength }: ContentRef,
  mayPropose: boolean,
): Promise<void> {
  const { chain, job, round, signal } = context;
  const committee = await chain.read("flContract", "committeeOf", [job.taskId, round.round], { signal });
  const seat = committee.indexOf(actor(context));
  if (seat > 0) await pause(seat * SEAT_PATIENCE_MS, signal);
  try {
    await chain.send("flContract", "attestAggregate", [job.taskId, digest, byteLength], { signal });
  } catch (error) {
    if (refusalOf(error) === undefined || !(mayPropose || context.job.mean === undefined)) throw error; // nobody has proposed it yet
    await chain.send("flContract", "proposeAggregate", [job.taskId, digest, byteLength], { signal });
  }
}
