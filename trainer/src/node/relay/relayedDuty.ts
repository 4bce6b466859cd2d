/** What a trainer owes for having signed for a relay: the chain counts an entry as its commitment only once it is opened. */
import { refusalOf } from "../../chain/chainError.ts";
import { readDuty } from "../../chain/task.ts";
import type { UpdateOpening } from "../../protocol/commitment.ts";
import { look, type Seen, type Viewer } from "../look.ts";
import { actor, keyOf, type SeatContext } from "../roundContext.ts";
import { findPlace } from "./batchPlace.ts";
import { openRelayClient } from "./relayClient.ts";
import type { BatchPlace } from "./relayProtocol.ts";

export interface RelayViewer extends Viewer, Pick<SeatContext, "journal" | "emit"> {
  /** Kept between looks. `noBatch`: the round that has no entry of ours, and can't get one any more. */
  readonly memory: Viewer["memory"] & { noBatch?: string };
}

/**
 * As `look`, and tells of entries in batches as of commitments. Needs no `--relay`: what was signed before a restart is owed
 * whatever the node was started with.
 *
 * @throws {ChainError} {NodeError}
 */
export async function lookWithRelay(viewer: RelayViewer): Promise<Seen> {
  const seen = await look(viewer);
  const { round, duty, enrolled, roles } = seen;
  const mayOwe = (round?.phase === "Commit" || round?.phase === "Reveal") && enrolled && !duty.committed;
  if (round === undefined || !mayOwe || !roles.includes("trainer")) return seen;
  const { journal, memory } = viewer;
  const context = { ...viewer, round };
  const record = await journal.relayRecord(keyOf(context));
  if (record === undefined) return seen;
  const asCommitted = { ...seen, isSigned: true, duty: { ...duty, committed: true } };
  if (record.place !== undefined) return asCommitted;
  if (round.phase === "Commit") return { ...seen, isSigned: true };
  const name = `${round.round}/${round.seed}`;
  if (memory.noBatch === name) return seen;
  const place = await findPlace(context, { record, client: openRelayClient(record.url) });
  if (place === undefined) memory.noBatch = name;
  else await journal.keepRelayRecord(keyOf(context), { ...record, place });
  return place === undefined ? seen : asCommitted;
}

/**
 * Opens the commitment where it stands in a batch.
 *
 * @returns whether it does; `false`: it was sent by the trainer itself, or not at all.
 * @throws {ChainError}
 */
export async function openRelayed(context: SeatContext, opening: UpdateOpening): Promise<boolean> {
  const { chain, job, journal, round, signal } = context;
  const record = await journal.relayRecord(keyOf(context));
  if (record?.place === undefined) return false;
  const key = { taskId: job.taskId, round: round.round, node: actor(context) };
  if ((await readDuty(chain, key, { signal })).committed) return false;
  const open = ({ batch, index, path }: BatchPlace) =>
    chain.send("flContract", "revealBatched", [job.taskId, opening, { batch, index, path }], { signal });
  try {
    await open(record.place);
  } catch (error) {
    if (refusalOf(error)?.errorName !== "FLContractNotInBatch") throw error;
    const moved = await findPlace(context, { record, client: openRelayClient(record.url) }); // the chain was reorganised
    if (moved === undefined) throw error;
    await journal.keepRelayRecord(keyOf(context), { ...record, place: moved });
    await open(moved);
  }
  return true;
}
