/**
 * What the rest of Cairn needs of a content-addressed store, whoever serves it. Types and limits only.
 *
 * A store never trusts what it is handed: content comes back only when its bytes are exactly those that the reference
 * from the chain names. Two implementations keep this promise, `heliaStore.ts` and `kuboStore.ts`, and one contract
 * test (`contentStore.contract.ts`) holds both to it.
 */
import type { CID } from "multiformats/cid";
import type { ContentRef } from "../protocol/contentRef.ts";

/** A node as `NodeRegistry` announces it. Untrusted: its addresses may be wrong, dead, or no addresses at all. */
export interface KnownPeer {
  /** The wallet's address; only used to say whom an error is about. */
  readonly node: string;
  /** Text form, `12D3Koo…`. */
  readonly peerId: string;
  readonly multiaddrs: readonly string[];
}

export interface PutOptions {
  readonly signal: AbortSignal;
}

export interface GetOptions {
  readonly signal: AbortSignal;
  /** How long to look for somebody who has the content. Unit: ms. @default DEFAULT_DEADLINE_MS */
  readonly deadlineMs?: number;
  /** Peer ids (text form) that should have it, asked first: it saves every other peer a question. */
  readonly providers?: readonly string[];
}

/** Bytes of the block exchange (a daemon: of the calls to it) since the store was opened. */
export interface Traffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export interface ContentStore {
  /** Who we are for other peers: what to announce in `NodeRegistry`. */
  readonly peer: { readonly peerId: string; readonly multiaddrs: readonly string[] };

  /**
   * Stores and pins `bytes`, laid out as UnixFS profile unixfs-v1-2025, and serves them from now on.
   *
   * @throws {NetworkError} `NETWORK_STORE_FAILED` | `NETWORK_ABORTED` | `NETWORK_DAEMON_…`
   */
  put(bytes: Uint8Array, options: PutOptions): Promise<ContentRef>;

  /**
   * @returns exactly the bytes that `ref` names, a fresh array; from this machine when they are here, else from a peer.
   * @throws {NetworkError} `NETWORK_CONTENT_NOT_FOUND` | `NETWORK_PEER_UNREACHABLE` when nobody gave it before the
   *   deadline | `NETWORK_CONTENT_TOO_LARGE` | `NETWORK_CONTENT_TOO_SHORT` | `NETWORK_CONTENT_MALFORMED` |
   *   `NETWORK_DIGEST_MISMATCH` | `NETWORK_ABORTED` | `NETWORK_STORE_FAILED` | `NETWORK_DAEMON_…`
   */
  get(ref: ContentRef, options: GetOptions): Promise<Uint8Array>;

  /**
   * One block of a file, for those who put the file together themselves and trust nobody: a gateway's visitors.
   *
   * @returns bytes whose digest is the one in `cid`; from this machine when they are here, else from a peer.
   * @throws {NetworkError} as {@link get}, length apart
   */
  block(cid: CID, options: GetOptions): Promise<Uint8Array>;

  /**
   * Reads all of it: a power cut may have torn what was written last, and whoever relies on it serves it to others.
   * (A daemon answers for itself, of the root alone.)
   *
   * @returns whether the content is on this machine, whole. Asks nobody.
   * @throws {NetworkError} `NETWORK_STORE_FAILED` | `NETWORK_ABORTED` | `NETWORK_DAEMON_…`
   */
  has(ref: ContentRef): Promise<boolean>;

  /** Dials `peers` and keeps the connections. Best effort: a peer that can't be reached is tried again later. */
  connect(peers: readonly KnownPeer[], options: PutOptions): Promise<void>;

  traffic(): Traffic;

  /** @returns how many peers are connected; undefined where a daemon keeps them. */
  connectedPeers(): number | undefined;

  /** Ends every `get` in progress with `NETWORK_ABORTED` and closes. Bounded in time; a second call does nothing. */
  stop(): Promise<void>;
}

/** Unit: ms. Long enough for a peer that is just starting; a phase of a round lasts longer. */
export const DEFAULT_DEADLINE_MS = 30_000;
