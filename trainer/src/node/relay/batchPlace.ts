/** Finds a trainer's own entry in the batches on chain and proves its place, whatever a relay says of it. */
import { isAddressEqual } from "viem";
import { placedEntries, type SentBatch, sentBatches } from "../../chain/batches.ts";
import { batchPath, rootOfPath } from "../../protocol/commitmentBatch.ts";
import { actor, logsOf, type SeatContext } from "../roundContext.ts";
import type { RelayClient } from "./relayClient.ts";
import { RelayError } from "./relayError.ts";
import type { BatchPlace } from "./relayProtocol.ts";
import type { RelayRecord } from "./relayRecord.ts";

/** Whoever copies a batch pays a bond for it; more copies than this are not looked at. Unit: batches. */
const MAX_COPIES = 8;

/**
 * The relay's answer is asked for first, for it costs one request; where it does not lead to the root on chain, the path is
 * made from the chain alone.
 *
 * @returns `undefined` when no batch holds the commitment so far.
 * @throws {ChainError}
 */
export async function findPlace(
  context: SeatContext,
  { record, client }: { readonly record: RelayRecord; readonly client: RelayClient },
): Promise<BatchPlace | undefined> {
  const { chain, signal } = context;
  const sent = (await sentBatches(chain, logsOf(context), { signal })).filter(
    (it) => indexIn(it, context, record) >= 0,
  );
  const isRelays = ({ relay }: SentBatch): boolean => record.relay !== undefined && isAddressEqual(relay, record.relay);
  const ordered = [...sent.filter(isRelays), ...sent.filter((it) => !isRelays(it))].slice(0, MAX_COPIES);
  if (ordered.length === 0) return undefined;
  const told = await askRelay(context, { record, client, sent: ordered });
  if (told !== undefined) return told;
  for (const batch of ordered) {
    const placed = await placedEntries(chain, { taskId: context.job.taskId, sent: batch }, { signal });
    const index = indexIn(batch, context, record);
    if (placed?.[index]?.slot !== record.slot) continue; // the contract opens it from the place that the trainer has
    return { batch: batch.batch, index, path: batchPath(placed, index) };
  }
  return undefined;
}

function indexIn({ entries }: SentBatch, { chain }: SeatContext, { commitment }: RelayRecord): number {
  const self = actor({ chain });
  return entries.findIndex((entry) => isAddressEqual(entry.trainer, self) && entry.commitment === commitment);
}

interface Question {
  readonly record: RelayRecord;
  readonly client: RelayClient;
  readonly sent: readonly SentBatch[];
}

/** @returns the place that the relay tells, if it is true. A relay that can't or won't tell costs nothing but a warning. */
async function askRelay(context: SeatContext, { record, client, sent }: Question): Promise<BatchPlace | undefined> {
  const { job, round, emit, signal } = context;
  const trainer = actor(context);
  try {
    const answer = await client.answer({ taskId: job.taskId, round: round.round, trainer }, signal);
    if (answer.state === "kept") return undefined; // it has not seen its own batch yet
    const { batch, index, path } = answer;
    const root = sent.find((it) => it.batch === batch)?.root;
    if (root !== undefined && rootOfPath({ trainer, ...record }, index, path) === root) return { batch, index, path };
    const detail = { code: "RELAY_ANSWER_FALSE", url: client.url } as const;
    throw new RelayError(detail, `${client.url} tells a place that does not lead to the batch's root on chain`);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    if (!signal.aborted) emit({ event: "warning", code: error.code, message: error.message });
    return undefined;
  }
}
