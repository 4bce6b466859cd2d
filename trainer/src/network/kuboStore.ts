/**
 * The content store of a Kubo daemon that the operator already runs, through its RPC. Loads the client when opened.
 *
 * The daemon is believed no more than a peer: its CIDs and its bytes are computed again here.
 */
import { Agent } from "node:http";
import type { KuboRPCClient } from "kubo-rpc-client";
import type { CID } from "multiformats/cid";
import { type ContentRef, toCid } from "../protocol/contentRef.ts";
import { concatBytes, toHex } from "../protocol/hex.ts";
import { computeContentRef, sha256Hex } from "./contentDigest.ts";
import {
  type ContentStore,
  DEFAULT_DEADLINE_MS,
  type GetOptions,
  type KnownPeer,
  type PutOptions,
  type Traffic,
} from "./contentStore.ts";
import { type NetworkDetail, NetworkError, networkError } from "./networkError.ts";
import { dialableAddresses } from "./peerAddress.ts";

export interface KuboStoreOptions {
  /** The daemon's RPC, such as `http://127.0.0.1:5001`. */
  readonly url: string;
  /** How long the daemon may take for anything but finding content. Unit: ms. @default 30,000 */
  readonly answerMs?: number;
}

/**
 * Profile unixfs-v1-2025 as options of `/api/v0/add`. The client puts every option into the query, `maxFileLinks` too,
 * though its type doesn't name it.
 */
const ADD_OPTIONS = {
  cidVersion: 1,
  rawLeaves: true,
  chunker: "size-1048576",
  maxFileLinks: 1_024,
  pin: true,
} as const;

const CONNECT_CONCURRENCY = 8;
/** Unit: ms. */
const CONNECT_MS = 5_000;

const NEVER = new AbortController().signal;

/**
 * Asks the daemon who it is.
 *
 * @throws {NetworkError} `NETWORK_DAEMON_UNREACHABLE` | `NETWORK_DAEMON_FAILED`
 */
export async function createKuboStore({ url, answerMs = 30_000 }: KuboStoreOptions): Promise<ContentStore> {
  const address = URL.parse(url);
  const shownUrl = address === null ? "an address that is not a URL" : `${address.protocol}//${address.host}`;
  if (address === null) throw networkError({ code: "NETWORK_DAEMON_UNREACHABLE", url: shownUrl });
  const { create } = await import("kubo-rpc-client");
  const agent = new Agent({ keepAlive: true });
  const daemon: Daemon = { client: create({ url: address, agent }), agent, shownUrl, answerMs };
  try {
    const { id, addresses } = await daemon.client.id({ signal: AbortSignal.timeout(answerMs) });
    return new KuboStore(daemon, { peerId: id.toString(), multiaddrs: addresses.map(String) });
  } catch (cause) {
    agent.destroy();
    throw networkError(whatFailed(cause, shownUrl), cause);
  }
}

interface Daemon {
  readonly client: KuboRPCClient;
  readonly agent: Agent;
  /** Without the password that the address may carry. */
  readonly shownUrl: string;
  readonly answerMs: number;
}

class KuboStore implements ContentStore {
  readonly peer: ContentStore["peer"];
  readonly #daemon: Daemon;
  readonly #lifetime = new AbortController();
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(daemon: Daemon, peer: ContentStore["peer"]) {
    this.#daemon = daemon;
    this.peer = peer;
  }

  async put(bytes: Uint8Array, { signal }: PutOptions): Promise<ContentRef> {
    const ref = await computeContentRef(bytes);
    const options = { ...ADD_OPTIONS, signal: this.#within(this.#daemon.answerMs, signal) };
    const { cid } = await this.#call(signal, () => this.#daemon.client.add(bytes, options));
    this.#sentBytes += bytes.length;
    if (cid.toString() !== toCid(ref).toString()) throw mismatch(ref, cid.toString());
    return ref;
  }

  async get(ref: ContentRef, { signal, deadlineMs = DEFAULT_DEADLINE_MS }: GetOptions): Promise<Uint8Array> {
    const cid = toCid(ref).toString();
    // one byte more than announced, so that content that is too long shows
    const options = { length: ref.byteLength + 1, signal: this.#within(deadlineMs, signal) };
    const read = (): Promise<Uint8Array> => this.#collect(ref, this.#daemon.client.cat(cid, options));
    const bytes = await this.#call(signal, read, { code: "NETWORK_CONTENT_NOT_FOUND", cid, deadlineMs });
    const actual = await computeContentRef(bytes);
    if (actual.digest !== ref.digest) throw mismatch(ref, toCid(actual).toString());
    return bytes;
  }

  async block(cid: CID, { signal, deadlineMs = DEFAULT_DEADLINE_MS }: GetOptions): Promise<Uint8Array> {
    const options = { signal: this.#within(deadlineMs, signal) };
    const read = (): Promise<Uint8Array> => this.#daemon.client.block.get(cid, options);
    const late = { code: "NETWORK_CONTENT_NOT_FOUND", cid: cid.toString(), deadlineMs } as const;
    const bytes = await this.#call(signal, read, late);
    this.#receivedBytes += bytes.length;
    const actual = sha256Hex(bytes);
    if (actual !== toHex(cid.multihash.digest)) {
      throw networkError({ code: "NETWORK_DIGEST_MISMATCH", cid: cid.toString(), actual });
    }
    return bytes;
  }

  async has(ref: ContentRef): Promise<boolean> {
    const options = { offline: true, signal: this.#within(this.#daemon.answerMs, NEVER) };
    try {
      await this.#call(NEVER, () => this.#daemon.client.block.stat(toCid(ref), options));
      return true;
    } catch (error) {
      if (error instanceof NetworkError && error.code === "NETWORK_DAEMON_FAILED") return false; // Kubo says no with 500
      throw error;
    }
  }

  async connect(peers: readonly KnownPeer[], { signal }: PutOptions): Promise<void> {
    const addresses = peers.flatMap(dialableAddresses);
    const worker = async (): Promise<void> => {
      for (let next = addresses.pop(); next !== undefined && !signal.aborted; next = addresses.pop()) {
        const options = { signal: this.#within(CONNECT_MS, signal) };
        await this.#daemon.client.swarm.connect(next, options).catch(() => undefined); // best effort
      }
    };
    await Promise.all(Array.from({ length: CONNECT_CONCURRENCY }, worker));
  }

  connectedPeers(): undefined {
    return undefined;
  }

  traffic(): Traffic {
    return { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes };
  }

  async stop(): Promise<void> {
    this.#lifetime.abort();
    this.#daemon.agent.destroy();
  }

  #within(timeoutMs: number, signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#lifetime.signal, AbortSignal.timeout(timeoutMs)]);
  }

  /** @param late what it means that the time ran out; else the daemon is what did not answer. */
  async #call<T>(signal: AbortSignal, run: () => Promise<T>, late?: NetworkDetail): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      if (cause instanceof NetworkError) throw cause;
      if (this.#lifetime.signal.aborted) throw networkError({ code: "NETWORK_ABORTED", reason: "stopped" }, cause);
      if (signal.aborted) throw networkError({ code: "NETWORK_ABORTED", reason: "signal" }, cause);
      throw networkError(whatFailed(cause, this.#daemon.shownUrl, late), cause);
    }
  }

  /** @throws {NetworkError} `NETWORK_CONTENT_TOO_LARGE` at the first byte too many | `NETWORK_CONTENT_TOO_SHORT` */
  async #collect(ref: ContentRef, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const detail = { cid: toCid(ref).toString(), neededBytes: ref.byteLength };
    let actualBytes = 0;
    for await (const chunk of chunks) {
      actualBytes += chunk.length;
      this.#receivedBytes += chunk.length;
      if (actualBytes > ref.byteLength)
        throw networkError({ code: "NETWORK_CONTENT_TOO_LARGE", ...detail, actualBytes });
      parts.push(chunk);
    }
    if (actualBytes < ref.byteLength) throw networkError({ code: "NETWORK_CONTENT_TOO_SHORT", ...detail, actualBytes });
    return concatBytes(...parts);
  }
}

function mismatch(ref: ContentRef, actual: string): NetworkError {
  return networkError({ code: "NETWORK_DIGEST_MISMATCH", cid: toCid(ref).toString(), actual });
}

function whatFailed(cause: unknown, url: string, late?: NetworkDetail): NetworkDetail {
  const { name, response } = cause as { readonly name?: string; readonly response?: { readonly status?: number } };
  if (response?.status !== undefined) return { code: "NETWORK_DAEMON_FAILED", url, status: response.status };
  if (name === "SyntaxError") return { code: "NETWORK_DAEMON_FAILED", url, status: undefined }; // it answers, but no RPC
  if (late !== undefined && (name === "TimeoutError" || name === "AbortError")) return late;
  return { code: "NETWORK_DAEMON_UNREACHABLE", url };
}
