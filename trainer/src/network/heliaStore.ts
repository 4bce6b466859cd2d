/**
 * The content store inside our own process: a Helia node that serves what it has and fetches what it is asked for.
 *
 * Nobody's word is taken: every block is checked against its digest, the file against its length and its layout. Must not know what
 * the content means.
 */
import { unixfs } from "@helia/unixfs";
import type { CID } from "multiformats/cid";
import { CHUNK_BYTES, type ContentRef, fromCid, toCid } from "../protocol/contentRef.ts";
import { contentBlocks, keptBlocks, puttingStore } from "./contentBlocks.ts";
import { computeContentRef } from "./contentDigest.ts";
import {
  type ContentStore,
  DEFAULT_DEADLINE_MS,
  type GetOptions,
  type KnownPeer,
  type PutOptions,
  type Traffic,
} from "./contentStore.ts";
import { readFile } from "./fileReader.ts";
import { type HeliaNode, type HeliaNodeOptions, openHeliaNode } from "./heliaNode.ts";
import { NetworkError, networkError } from "./networkError.ts";
import { createPeerBook, type PeerBook } from "./peerBook.ts";

export type HeliaStoreOptions = HeliaNodeOptions;

/**
 * Opens the store and starts to listen.
 *
 * @throws {NetworkError} `NETWORK_LISTEN_FAILED` | `NETWORK_STORE_FAILED`
 */
export async function createHeliaStore(options: HeliaStoreOptions): Promise<ContentStore> {
  return new HeliaStore(await openHeliaNode(options));
}

class HeliaStore implements ContentStore {
  readonly #node: HeliaNode;
  readonly #peers: PeerBook;
  readonly #lifetime = new AbortController();
  #stopping: Promise<void> | undefined;

  constructor(node: HeliaNode) {
    this.#node = node;
    this.#peers = createPeerBook(node.helia.libp2p);
  }

  get peer(): ContentStore["peer"] {
    const { libp2p } = this.#node.helia;
    return { peerId: libp2p.peerId.toString(), multiaddrs: libp2p.getMultiaddrs().map(String) };
  }

  async put(bytes: Uint8Array, { signal }: PutOptions): Promise<ContentRef> {
    const until = this.#untilStopped(signal);
    try {
      until.throwIfAborted();
      const cid = await unixfs(puttingStore(this.#node)).addBytes(bytes, { profile: "unixfs-v1-2025", signal: until });
      await this.#pin(cid, until);
      return fromCid(cid, bytes.length);
    } catch (cause) {
      throw this.#aborted(signal, cause) ?? networkError({ code: "NETWORK_STORE_FAILED", operation: "put" }, cause);
    }
  }

  async get(ref: ContentRef, options: GetOptions): Promise<Uint8Array> {
    const { signal, deadlineMs = DEFAULT_DEADLINE_MS, providers = [] } = options;
    const deadline = AbortSignal.timeout(deadlineMs);
    const blocks = contentBlocks(this.#node, this.#peers, providers);
    try {
      const bytes = await readFile(blocks, ref, AbortSignal.any([this.#untilStopped(signal), deadline]));
      await requireLayout(bytes, ref);
      return bytes;
    } catch (cause) {
      if (cause instanceof NetworkError) {
        await blocks.discard(); // the content's own fault: nothing of it stays
        throw cause;
      }
      throw this.#unfetched(toCid(ref), { signal, deadline, deadlineMs }, cause);
    }
  }

  async block(cid: CID, options: GetOptions): Promise<Uint8Array> {
    const { signal, deadlineMs = DEFAULT_DEADLINE_MS, providers = [] } = options;
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const until = AbortSignal.any([this.#untilStopped(signal), deadline]);
      return await contentBlocks(this.#node, this.#peers, providers).get(cid, until);
    } catch (cause) {
      if (cause instanceof NetworkError) throw cause;
      throw this.#unfetched(cid, { signal, deadline, deadlineMs }, cause);
    }
  }

  async has(ref: ContentRef): Promise<boolean> {
    try {
      await requireLayout(await readFile(keptBlocks(this.#node), ref, this.#lifetime.signal), ref);
      return true;
    } catch (cause) {
      if (cause instanceof NetworkError) return false;
      throw (
        this.#aborted(this.#lifetime.signal, cause) ??
        networkError({ code: "NETWORK_STORE_FAILED", operation: "get" }, cause)
      );
    }
  }

  async connect(peers: readonly KnownPeer[], { signal }: PutOptions): Promise<void> {
    await this.#peers.add(peers, this.#untilStopped(signal));
  }

  traffic(): Traffic {
    return this.#node.meter.traffic();
  }

  connectedPeers(): number {
    return this.#peers.connected().length;
  }

  stop(): Promise<void> {
    this.#lifetime.abort();
    this.#stopping ??= this.#node.stop();
    return this.#stopping;
  }

  /** Pins are what a later clean-up keeps. Pinning twice is no error. */
  async #pin(cid: CID, signal: AbortSignal): Promise<void> {
    const { pins } = this.#node.helia;
    if (await pins.isPinned(cid)) return;
    for await (const _ of pins.add(cid, { signal }));
  }

  #untilStopped(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#lifetime.signal]);
  }

  #aborted(signal: AbortSignal, cause: unknown): NetworkError | undefined {
    if (this.#lifetime.signal.aborted) return networkError({ code: "NETWORK_ABORTED", reason: "stopped" }, cause);
    return signal.aborted ? networkError({ code: "NETWORK_ABORTED", reason: "signal" }, cause) : undefined;
  }

  /** Why a block did not come: somebody ended it, the time ran out, or our own disk failed. */
  #unfetched(cid: CID, { signal, deadline, deadlineMs }: Wait, cause: unknown): NetworkError {
    const aborted = this.#aborted(signal, cause);
    if (aborted !== undefined) return aborted;
    if (deadline.aborted) return this.#notFound(cid.toString(), deadlineMs, cause);
    return networkError({ code: "NETWORK_STORE_FAILED", operation: "get" }, cause);
  }

  #notFound(cid: string, deadlineMs: number, cause: unknown): NetworkError {
    const knownPeers = this.#peers.knownCount();
    const isAlone = knownPeers > 0 && this.#peers.connected().length === 0;
    if (isAlone) return networkError({ code: "NETWORK_PEER_UNREACHABLE", cid, knownPeers }, cause);
    return networkError({ code: "NETWORK_CONTENT_NOT_FOUND", cid, deadlineMs }, cause);
  }
}

interface Wait {
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  readonly deadlineMs: number;
}

/**
 * Who links the same chunks in a block of its own making has another digest for the same bytes, and may hide in it what the chain
 * would read as the file's end: docs/disputes.md, section 5.
 *
 * @throws {NetworkError} `NETWORK_CONTENT_MALFORMED`
 */
async function requireLayout(bytes: Uint8Array, ref: ContentRef): Promise<void> {
  if (bytes.length <= CHUNK_BYTES) return; // its one block was checked
  if ((await computeContentRef(bytes)).digest === ref.digest) return;
  throw networkError({ code: "NETWORK_CONTENT_MALFORMED", cid: toCid(ref).toString() });
}
