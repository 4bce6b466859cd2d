/** What the chain needs to learn a file's last 32 bytes from its digest. @see docs/disputes.md, section 5 */
import { CHUNK_BYTES } from "../../protocol/contentRef.ts";
import { type Hex, toHex } from "../../protocol/hex.ts";
import { sha256State } from "./sha256State.ts";

/** As `struct FileTail` of the contracts. */
export interface FileTail {
  readonly midstate: Hex;
  readonly tail: Hex;
  /** The block that links the chunks of a file longer than one; else empty. */
  readonly rootBlock: Hex;
}

const ROOT_BYTES = 32;
const BLOCK_BYTES = 64;

/**
 * @param file of 32 bytes at least; the last 32 lie in one chunk.
 * @param rootBlock of a file longer than one chunk.
 */
export function fileTail(file: Uint8Array, rootBlock: Uint8Array = new Uint8Array(0)): FileTail {
  const chunk = file.subarray(Math.floor((file.length - 1) / CHUNK_BYTES) * CHUNK_BYTES);
  const from = Math.floor((chunk.length - ROOT_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
  return {
    midstate: toHex(sha256State(chunk.subarray(0, from))),
    tail: toHex(chunk.subarray(from)),
    rootBlock: toHex(file.length > CHUNK_BYTES ? rootBlock : new Uint8Array(0)),
  };
}
