/**
 * What can go wrong between us and the content: one code, one message and one next step each. Holds no behaviour.
 *
 * Errors of Helia, libp2p and Kubo's client are wrapped where they occur, as `cause`; nobody outside this folder meets
 * them.
 */
import { TaggedError } from "../protocol/errors.ts";

export type NetworkDetail =
  | { readonly code: "NETWORK_CONTENT_NOT_FOUND"; readonly cid: string; readonly deadlineMs: number }
  | { readonly code: "NETWORK_PEER_UNREACHABLE"; readonly cid: string; readonly knownPeers: number }
  | {
      readonly code: "NETWORK_CONTENT_TOO_LARGE" | "NETWORK_CONTENT_TOO_SHORT";
      readonly cid: string;
      /** Unit: bytes. At least this much; reading stops at the first byte too many. */
      readonly actualBytes: number;
      readonly neededBytes: number;
    }
  | { readonly code: "NETWORK_CONTENT_MALFORMED"; readonly cid: string }
  | { readonly code: "NETWORK_DIGEST_MISMATCH"; readonly cid: string; readonly actual: string }
  | { readonly code: "NETWORK_DAEMON_UNREACHABLE"; readonly url: string }
  | { readonly code: "NETWORK_DAEMON_FAILED"; readonly url: string; readonly status: number | undefined }
  | { readonly code: "NETWORK_LISTEN_FAILED"; readonly listen: readonly string[] }
  | { readonly code: "NETWORK_STORE_FAILED"; readonly operation: "open" | "put" | "get" }
  | { readonly code: "NETWORK_ABORTED"; readonly reason: "signal" | "stopped" };

export type NetworkCode = NetworkDetail["code"];

/** What a user can do about it. */
const NEXT_STEP: Readonly<Record<NetworkCode, string>> = {
  NETWORK_CONTENT_NOT_FOUND: "Check that the node that published it is running, then try again.",
  NETWORK_PEER_UNREACHABLE: "Check your connection and firewall; the peers' addresses stand in NodeRegistry.",
  NETWORK_CONTENT_TOO_LARGE: "The publisher announced a wrong length. Nothing was kept; do not accept this content.",
  NETWORK_CONTENT_TOO_SHORT: "The publisher announced a wrong length. Nothing was kept; do not accept this content.",
  NETWORK_CONTENT_MALFORMED: "The publisher laid the content out wrongly. Do not accept it.",
  NETWORK_DIGEST_MISMATCH:
    "The bytes were refused. Try again with another source; if it is your daemon, check its disk.",
  NETWORK_DAEMON_UNREACHABLE: "Start the IPFS daemon or correct the address given with --ipfs; or leave --ipfs out.",
  NETWORK_DAEMON_FAILED:
    "Look into the IPFS daemon's log; `ipfs repo verify` and its free disk space are worth a look.",
  NETWORK_LISTEN_FAILED: "Choose another address or port to listen on, such as /ip4/127.0.0.1/tcp/0.",
  NETWORK_STORE_FAILED: "Check that the data folder can be written, has space, and no other node uses it.",
  NETWORK_ABORTED: "Nothing was lost. Start again when you are ready.",
};

export class NetworkError extends TaggedError<NetworkDetail> {
  /** What a user can do about it: one sentence or two. */
  get next(): string {
    return NEXT_STEP[this.detail.code];
  }
}

/** @returns the error for `detail`, with its message. `cause` is kept, never re-worded. */
export function networkError(detail: NetworkDetail, cause?: unknown): NetworkError {
  return new NetworkError(detail, describe(detail), cause === undefined ? undefined : { cause });
}

function describe(detail: NetworkDetail): string {
  switch (detail.code) {
    case "NETWORK_CONTENT_NOT_FOUND":
      return `no peer had ${detail.cid} within ${detail.deadlineMs / 1000} s`;
    case "NETWORK_PEER_UNREACHABLE":
      return `none of the ${detail.knownPeers} known peers could be reached to fetch ${detail.cid}`;
    case "NETWORK_CONTENT_TOO_LARGE":
      return `${detail.cid} is longer than the ${detail.neededBytes} bytes announced (${detail.actualBytes} or more)`;
    case "NETWORK_CONTENT_TOO_SHORT":
      return `${detail.cid} has ${detail.actualBytes} bytes, ${detail.neededBytes} were announced`;
    case "NETWORK_CONTENT_MALFORMED":
      return `${detail.cid} is not a file laid out as unixfs-v1-2025`;
    case "NETWORK_DIGEST_MISMATCH":
      return `the bytes for ${detail.cid} hash to ${detail.actual}`;
    case "NETWORK_DAEMON_UNREACHABLE":
      return `no IPFS daemon answers at ${detail.url}`;
    case "NETWORK_DAEMON_FAILED":
      return `the IPFS daemon at ${detail.url} failed${detail.status === undefined ? "" : ` (HTTP ${detail.status})`}`;
    case "NETWORK_LISTEN_FAILED":
      return `cannot listen on ${detail.listen.join(", ")}`;
    case "NETWORK_STORE_FAILED":
      return `the content store failed to ${detail.operation === "open" ? "open" : `${detail.operation} content`}`;
    case "NETWORK_ABORTED":
      return detail.reason === "stopped" ? "the content store was stopped" : "the transfer was cancelled";
    default:
      return detail satisfies never;
  }
}
