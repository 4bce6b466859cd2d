/**
 * Gets one block from the connected peers. Knows nothing of files, and keeps nothing.
 *
 * Bitswap on its own asks every peer at once, and every peer that has the block sends it: the n-th node to fetch a file
 * receives it n - 1 times. So peers are asked one after another, those that should have it first, and the next one when
 * the last said no or stays silent; only when all were asked do we wait for whoever gets it.
 */
import { setTimeout as pause } from "node:timers/promises";
import { peerIdFromString } from "@libp2p/peer-id";
import type { CID } from "multiformats/cid";
import { sendCancel } from "./bitswapCancel.ts";
import type { HeliaNode } from "./heliaNode.ts";
import type { PeerBook } from "./peerBook.ts";

export interface FetchOptions {
  /** Must end some time: nobody may have the block. */
  readonly signal: AbortSignal;
  /** Text peer ids to ask first. */
  readonly providers: readonly string[];
}

export interface FetchedBlock {
  readonly block: Uint8Array;
  /** The peer that sent it, when it was one we asked alone. */
  readonly provider: string | undefined;
}

/** Unit: ms. A peer that says nothing for so long is not waited for alone. */
const SILENCE_MS = 1_000;
/**
 * Unit: ms. Helia tells waiting peers of a new block just before it can be read, so that some waits end only when they
 * ask again; an answer lost on the way is repeated when asked for 5 s later.
 */
const ASK_AGAIN_MS = 2_000;

/** Fetches, verifies (Helia compares the digest) and stores on disk the block `cid`. Rejects at `signal` at the latest. */
export async function fetchBlock(
  { helia }: Pick<HeliaNode, "helia">,
  peers: PeerBook,
  cid: CID,
  { signal, providers }: FetchOptions,
): Promise<FetchedBlock> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const found = Promise.withResolvers<FetchedBlock>();
  const asked = new Set<string>();
  let everybody = false;
  signal.addEventListener("abort", () => found.reject(signal.reason), { once: true });
  if (signal.aborted) found.reject(signal.reason);

  const ask = async (peerId: string): Promise<void> => {
    asked.add(peerId);
    const session = helia.blockstore.createSession(cid, {
      providers: [peerIdFromString(peerId).toCID()],
      minProviders: 1,
      maxProviders: 1,
    });
    try {
      found.resolve({ block: await collect(session.get(cid, { signal: until })), provider: peerId });
    } catch (cause) {
      giveUpOn(cause);
    } finally {
      session.close();
    }
  };

  /** A peer that lacks the block or is gone is passed over, and `signal` ends the search; only our own disk counts. */
  const giveUpOn = (cause: unknown): void => {
    if (cause instanceof Error && cause.name === "PutFailedError" && !until.aborted) found.reject(cause);
  };

  const search = async (): Promise<void> => {
    void peers.redial(signal);
    for (const peerId of inOrder(peers.connected(), providers, spread(helia, cid))) {
      await Promise.race([ask(peerId), pause(SILENCE_MS, undefined, { signal: until })]);
    }
    void askEverybody();
    for (;;) {
      await pause(ASK_AGAIN_MS, undefined, { signal: until });
      void peers.redial(signal);
      for (const peerId of peers.connected()) void ask(peerId);
    }
  };

  /** Also reaches peers that connect from now on, and those that get the block from now on. */
  const askEverybody = async (): Promise<void> => {
    everybody = true;
    try {
      found.resolve({ block: await collect(helia.blockstore.get(cid, { signal: until })), provider: undefined });
    } catch (cause) {
      giveUpOn(cause);
    }
  };

  search().catch(found.reject);
  try {
    const result = await found.promise;
    if (result.provider !== undefined) asked.delete(result.provider);
    return result;
  } finally {
    over.abort();
    for (const peerId of everybody ? peers.connected() : asked) void sendCancel(helia.libp2p, peerId, cid);
  }
}

/** Providers first; then the rest, from a place that differs from node to node and block to block. */
function inOrder(connected: readonly string[], providers: readonly string[], place: number): string[] {
  const first = providers.filter((peerId) => connected.includes(peerId));
  const rest = connected.filter((peerId) => !first.includes(peerId));
  const start = rest.length === 0 ? 0 : place % rest.length;
  return [...first, ...rest.slice(start), ...rest.slice(0, start)];
}

function spread({ libp2p }: HeliaNode["helia"], cid: CID): number {
  return libp2p.peerId.toMultihash().digest.at(-1)! + cid.multihash.digest[0]!;
}

async function collect(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const part of parts) chunks.push(part);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
