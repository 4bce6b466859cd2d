/** Who committed in a round, and in which order: by themselves, or through a relay. */
import type { Address } from "viem";
import type { CallOptions, Chain } from "./connection.ts";
import { eventsOf, logsSince, type RoundKey, requireLogs, revealedUpdates } from "./task.ts";

interface CommittedTrainer {
  readonly trainer: Address;
  readonly index: number;
}

/**
 * Who committed in the round, in the chain's order. An entry of a relay's batch counts once its trainer has opened it, and
 * stands where the relay sent it: from then on nobody could change it.
 *
 * @throws {ChainError}
 */
export async function committedTrainers(
  chain: Chain,
  key: RoundKey,
  options: CallOptions,
): Promise<CommittedTrainer[]> {
  const read = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "UpdateCommitted", fromBlock, toBlock });
  const logs = await logsSince(chain, { doing: "UpdateCommitted logs", fromBlock: key.openedAtBlock, read }, options);
  const own = logs.map(({ args: { trainer, index }, ...at }) => ({ trainer, index, place: placeOf(at) }));
  const all = [...own, ...(await relayedTrainers(chain, key, options))];
  requireLogs(
    key,
    all.map(({ index }) => index),
    "UpdateCommitted",
  );
  return all.sort((a, b) => comparePlaces(a.place, b.place));
}

async function relayedTrainers(chain: Chain, key: RoundKey, options: CallOptions) {
  const fromBlock = key.openedAtBlock;
  const readOpened = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "BatchedUpdateOpened", fromBlock, toBlock });
  const opened = await logsSince(chain, { doing: "BatchedUpdateOpened logs", fromBlock, read: readOpened }, options);
  if (opened.length === 0) return [];
  const readSent = (fromBlock: bigint, toBlock: bigint) =>
    chain.client.getContractEvents({ ...eventsOf(chain, key), eventName: "BatchCommitted", fromBlock, toBlock });
  const sent = await logsSince(chain, { doing: "BatchCommitted logs", fromBlock, read: readSent }, options);
  const places = new Map(sent.map(({ args: { batch }, ...at }) => [batch, placeOf(at)]));
  const slots = new Map((await revealedUpdates(chain, key, options)).map(({ trainer, index }) => [trainer, index]));
  return opened.flatMap(({ args: { trainer, batch, index: entry } }) => {
    const [place, index] = [places.get(batch), slots.get(trainer)];
    return place === undefined || index === undefined ? [] : [{ trainer, index, place: { ...place, entry } }];
  });
}

/** Where on the chain a commitment stands. */
interface Place {
  readonly block: bigint;
  readonly log: number;
  readonly entry: number;
}

function placeOf({ blockNumber, logIndex }: { readonly blockNumber: bigint; readonly logIndex: number }): Place {
  return { block: blockNumber, log: logIndex, entry: 0 };
}

function comparePlaces(a: Place, b: Place): number {
  if (a.block !== b.block) return a.block < b.block ? -1 : 1;
  return a.log - b.log || a.entry - b.entry;
}
