/**
 * Which accepted updates a node takes to be false: those with another number of records than their shard has, those that it
 * refused itself and, where it had no seat, one that it draws and replays. So a committee that was bribed is watched by
 * whoever else can replay, at the cost of one update a round.
 */
import { randomInt } from "node:crypto";
import { replay } from "../audit/replay.ts";
import { type RevealedUpdate, revealedUpdates } from "../chain/task.ts";
import { trainingBase } from "./aggregation.ts";
import { localWork } from "./job.ts";
import { actor, keyOf, logsOf, type RoundContext } from "./roundContext.ts";

/** @returns updates that are worth a second run: not yet proof of anything. @throws what chain, network or engine find */
export async function suspectUpdates(context: RoundContext): Promise<RevealedUpdate[]> {
  const { chain, round, signal } = context;
  const updates = await revealedUpdates(chain, logsOf(context), { signal });
  const accepted = updates.filter(({ index }) => (round.acceptedBitmap >> BigInt(index)) & 1n);
  const { shards } = context.job;
  const miscounted = accepted.filter(({ index, sampleCount }) => shards[index % shards.length]!.length !== sampleCount);
  const others = accepted.filter((update) => update.trainer !== actor(context) && !miscounted.includes(update));
  const own = await ownVerdict(context);
  if (own !== undefined) return [...miscounted, ...others.filter(({ index }) => !((own >> BigInt(index)) & 1n))];
  const drawn = others[others.length === 0 ? 0 : randomInt(others.length)];
  return drawn === undefined || (await isReplayed(context, drawn)) ? miscounted : [...miscounted, drawn];
}

/** Of the round's last committee that this node sat in. */
async function ownVerdict(context: RoundContext): Promise<bigint | undefined> {
  const { journal, round } = context;
  for (let attempt = round.attempt; attempt >= 0; attempt--) {
    const opening = await journal.verdictOpening(keyOf(context), attempt);
    if (opening !== undefined) return opening.acceptedBitmap;
  }
  return undefined;
}

async function isReplayed(context: RoundContext, update: RevealedUpdate): Promise<boolean> {
  const { store, job, round, signal } = context;
  const { parameters: base } = await trainingBase(context, job, round.baseVersion, { signal });
  const digestOf = async (bytes: Uint8Array) => (await store.put(bytes, { signal })).digest;
  const claim = { ...update, digest: update.updateDigest };
  return (await replay(claim, { ...localWork(job, round, update.index), base, signal, digestOf })).match;
}
