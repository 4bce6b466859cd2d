/**
 * The content store inside our own process: a Helia node that serves what it has and fetches what it is asked for.
 *
 * Nobody's word is taken: every block is checked against its digest, the file against its length. Must not know what
 * the content means.
 */
import { unixfs } from "@helia/unixfs";
import type { CID } from "multiformats/cid";
import { CHUNK_BYTES, type ContentRef, fromCid, toCid } from "../protocol/contentRef.ts";
import { contentBlocks } from "./contentBlocks.ts";
import { type ContentStore, DEFAULT_DEADLINE_MS, type GetOptions, type PutOptions } from "./contentStore.ts";
import { type HeliaNode, type HeliaNodeOptions, openHeliaNode } from "./heliaNode.ts";
import { NetworkError, networkError } from "./networkError.ts";
import { createPeerBook, type PeerBook } from "./peerBook.ts";

export type HeliaStoreOptions = HeliaNodeOptions;

/**
 * Blocks of one file fetched at once: one is slow over long ways, and each may take 1 MiB of memory. The exporter below
 * `cat` reads this option, though `cat`'s type doesn't name it.
 */
const CAT_OPTIONS = { offset: 0, blockReadConcurrency: 4 };

/**
 * Opens the store and starts to listen.
 *
 * @throws {NetworkError} `NETWORK_LISTEN_FAILED` | `NETWORK_STORE_FAILED`
 */
export async function createHeliaStore(options: HeliaStoreOptions): Promise<ContentStore> {
  const node = await openHeliaNode(options);
  const { helia } = node;
  const peers = createPeerBook(helia.libp2p);
  const lifetime = new AbortController();
  const untilStopped = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, lifetime.signal]);
  let stopping: Promise<void> | undefined;

  async function put(bytes: Uint8Array, { signal }: PutOptions): Promise<ContentRef> {
    try {
      const until = untilStopped(signal);
      until.throwIfAborted();
      const cid = await unixfs(helia).addBytes(bytes, { profile: "unixfs-v1-2025", signal: until });
      await pin(node, cid, until);
      return fromCid(cid, bytes.length);
    } catch (cause) {
      throw (
        aborted(signal, lifetime.signal, cause) ??
        networkError({ code: "NETWORK_STORE_FAILED", operation: "put" }, cause)
      );
    }
  }

  async function get(ref: ContentRef, { signal, deadlineMs = DEFAULT_DEADLINE_MS, providers = [] }: GetOptions) {
    const deadline = AbortSignal.timeout(deadlineMs);
    const until = AbortSignal.any([untilStopped(signal), deadline]);
    try {
      return await readContent(node, peers, ref, { signal: until, providers });
    } catch (cause) {
      if (cause instanceof NetworkError) throw cause;
      throw (
        aborted(signal, lifetime.signal, cause) ??
        (deadline.aborted ? notFound(peers, ref, deadlineMs, cause) : failed(ref, cause))
      );
    }
  }

  return {
    get peer() {
      return { peerId: helia.libp2p.peerId.toString(), multiaddrs: helia.libp2p.getMultiaddrs().map(String) };
    },
    put,
    get,
    has: async (ref) => node.blocks.has(toCid(ref)),
    connect: async (known, { signal }) => peers.add(known, untilStopped(signal)),
    traffic: node.meter.traffic,
    stop() {
      lifetime.abort(networkError({ code: "NETWORK_ABORTED", reason: "stopped" }));
      stopping ??= node.stop();
      return stopping;
    },
  };
}

/** Pins are what a later clean-up keeps. Pinning twice is no error. */
async function pin({ helia }: HeliaNode, cid: CID, signal: AbortSignal): Promise<void> {
  if (await helia.pins.isPinned(cid)) return;
  for await (const _ of helia.pins.add(cid, { signal }));
}

async function readContent(
  node: HeliaNode,
  peers: PeerBook,
  ref: ContentRef,
  options: { readonly signal: AbortSignal; readonly providers: readonly string[] },
): Promise<Uint8Array> {
  const cid = toCid(ref);
  const blocks = contentBlocks(node, peers, ref, options);
  const files = unixfs({ blockstore: blocks.source });
  try {
    if (ref.byteLength > CHUNK_BYTES) mustHaveLength(ref, Number((await files.stat(cid)).size));
    const bytes = new Uint8Array(ref.byteLength);
    let length = 0;
    for await (const chunk of files.cat(cid, CAT_OPTIONS)) {
      if (length + chunk.length > bytes.length) mustHaveLength(ref, length + chunk.length);
      bytes.set(chunk, length);
      length += chunk.length;
    }
    mustHaveLength(ref, length);
    return bytes;
  } catch (cause) {
    if (!options.signal.aborted) await blocks.discard();
    throw cause;
  }
}

/** @throws {NetworkError} `NETWORK_CONTENT_TOO_LARGE` | `NETWORK_CONTENT_TOO_SHORT` */
function mustHaveLength(ref: ContentRef, actualBytes: number): void {
  if (actualBytes === ref.byteLength) return;
  const code = actualBytes > ref.byteLength ? "NETWORK_CONTENT_TOO_LARGE" : "NETWORK_CONTENT_TOO_SHORT";
  throw networkError({ code, cid: toCid(ref).toString(), actualBytes, neededBytes: ref.byteLength });
}

function aborted(signal: AbortSignal, lifetime: AbortSignal, cause: unknown): NetworkError | undefined {
  if (lifetime.aborted) return networkError({ code: "NETWORK_ABORTED", reason: "stopped" }, cause);
  return signal.aborted ? networkError({ code: "NETWORK_ABORTED", reason: "signal" }, cause) : undefined;
}

function notFound(peers: PeerBook, ref: ContentRef, deadlineMs: number, cause: unknown): NetworkError {
  const cid = toCid(ref).toString();
  const knownPeers = peers.knownCount();
  const alone = knownPeers > 0 && peers.connected().length === 0;
  if (alone) return networkError({ code: "NETWORK_PEER_UNREACHABLE", cid, knownPeers }, cause);
  return networkError({ code: "NETWORK_CONTENT_NOT_FOUND", cid, deadlineMs }, cause);
}

/** Whatever else is thrown on the way: our disk's errors, or UnixFS's about what the publisher laid out. */
function failed(ref: ContentRef, cause: unknown): NetworkError {
  const isOurs = cause instanceof Error && DISK_ERRORS.has(cause.name);
  return isOurs
    ? networkError({ code: "NETWORK_STORE_FAILED", operation: "get" }, cause)
    : networkError({ code: "NETWORK_CONTENT_MALFORMED", cid: toCid(ref).toString() }, cause);
}

/** Names that interface-store gives to a blockstore's failures. */
const DISK_ERRORS = new Set(["NotFoundError", "PutFailedError", "DeleteFailedError"]);
