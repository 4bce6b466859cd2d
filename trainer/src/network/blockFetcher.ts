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
import type { Helia } from "./heliaNode.ts";
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
 * Unit: ms; doubles at each try. Helia tells waiting peers of a new block just before it can be read, so that some
 * waits end only when they ask again; an answer lost on the way is repeated when asked for 5 s later.
 */
const ASK_AGAIN_MS = 2_000;

/**
 * Fetches the block `cid` and stores it on disk; Helia has then compared its digest. Rejects at `signal` at the latest.
 *
 * @throws the signal's reason | Helia's `PutFailedError` when our disk failed
 */
export async function fetchBlock(
  network: { readonly helia: Helia; readonly peers: PeerBook },
  cid: CID,
  options: FetchOptions,
): Promise<FetchedBlock> {
  options.signal.throwIfAborted();
  return new BlockSearch(network.helia, network.peers, cid).run(options);
}

class BlockSearch {
  readonly #helia: Helia;
  readonly #peers: PeerBook;
  readonly #cid: CID;
  readonly #found = Promise.withResolvers<FetchedBlock>();
  readonly #over = new AbortController();
  /** Whom to tell when it is over. */
  readonly #asked = new Set<string>();
  #isAskingEverybody = false;

  constructor(helia: Helia, peers: PeerBook, cid: CID) {
    this.#helia = helia;
    this.#peers = peers;
    this.#cid = cid;
  }

  async run({ signal, providers }: FetchOptions): Promise<FetchedBlock> {
    const end = (): void => this.#found.reject(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    void this.#peers.redial(signal);
    this.#search(providers, signal).catch(this.#found.reject);
    try {
      const result = await this.#found.promise;
      if (result.provider !== undefined) this.#asked.delete(result.provider);
      return result;
    } finally {
      signal.removeEventListener("abort", end);
      this.#over.abort();
      const others = this.#isAskingEverybody ? this.#peers.connected() : this.#asked;
      for (const peerId of others) void sendCancel(this.#helia.libp2p, peerId, this.#cid);
    }
  }

  async #search(providers: readonly string[], signal: AbortSignal): Promise<void> {
    const until = { signal: this.#over.signal };
    for (const peerId of inOrder(this.#peers.connected(), providers, this.#place())) {
      await Promise.race([this.#ask(peerId), pause(SILENCE_MS, undefined, until)]);
    }
    void this.#askEverybody();
    for (let waitMs = ASK_AGAIN_MS; ; waitMs *= 2) {
      await pause(waitMs, undefined, until);
      void this.#peers.redial(signal);
      for (const peerId of this.#peers.connected()) void this.#ask(peerId);
    }
  }

  async #ask(peerId: string): Promise<void> {
    this.#asked.add(peerId);
    const providers = [peerIdFromString(peerId).toCID()];
    const session = this.#helia.blockstore.createSession(this.#cid, { providers, minProviders: 1, maxProviders: 1 });
    await this.#take(session, peerId);
    session.close();
  }

  /** Also reaches peers that connect from now on, and those that get the block from now on. */
  async #askEverybody(): Promise<void> {
    this.#isAskingEverybody = true;
    await this.#take(this.#helia.blockstore, undefined);
  }

  /** A peer that lacks the block or is gone is passed over, and the caller's signal ends the search; our disk counts. */
  async #take(source: Pick<Helia["blockstore"], "get">, provider: string | undefined): Promise<void> {
    try {
      const block = await collect(source.get(this.#cid, { signal: this.#over.signal }));
      this.#found.resolve({ block, provider });
    } catch (cause) {
      if (cause instanceof Error && cause.name === "PutFailedError") this.#found.reject(cause);
    }
  }

  /** Differs from node to node and block to block, so that not all begin with the same peer. */
  #place(): number {
    return this.#helia.libp2p.peerId.toMultihash().digest.at(-1)! + this.#cid.multihash.digest[0]!;
  }
}

/** Providers first; then the rest from `place` on. */
function inOrder(connected: readonly string[], providers: readonly string[], place: number): string[] {
  const first = providers.filter((peerId) => connected.includes(peerId));
  const rest = connected.filter((peerId) => !first.includes(peerId));
  const start = rest.length === 0 ? 0 : place % rest.length;
  return [...first, ...rest.slice(start), ...rest.slice(0, start)];
}

async function collect(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const part of parts) chunks.push(part);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
