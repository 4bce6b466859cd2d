/**
 * Tells peers that we no longer want a block. Nothing else of bitswap is spoken here.
 *
 * Helia's bitswap 4.0 keeps its own list straight but never sends a cancel, so every peer that was asked and gets the
 * block later sends it to us once more: with n nodes after the same file, n² copies instead of n.
 */
import { peerIdFromString } from "@libp2p/peer-id";
import type { CID } from "multiformats/cid";
import { concatBytes } from "../protocol/hex.ts";
import { BITSWAP, type Libp2p } from "./heliaNode.ts";

/** Unit: ms. */
const CANCEL_MS = 5_000;

/** Best effort and bounded: a cancel that does not arrive costs bandwidth, nothing else. */
export async function sendCancel(libp2p: Libp2p, peerId: string, cid: CID): Promise<void> {
  const options = { signal: AbortSignal.timeout(CANCEL_MS) };
  const peer = peerIdFromString(peerId);
  if (libp2p.getConnections(peer).length === 0) return; // it forgot what we want when the connection closed
  try {
    const stream = await libp2p.dialProtocol(peer, BITSWAP, options);
    stream.send(cancelMessage(cid.bytes));
    await stream.close(options);
  } catch {
    // see above
  }
}

/**
 * @returns one length-prefixed `Message { wantlist { entries { block = cid, cancel = true } } }`.
 * @see https://specs.ipfs.tech/bitswap-protocol/#bitswap-1-2-0-wire-format
 */
export function cancelMessage(cid: Uint8Array): Uint8Array {
  const entry = concatBytes(field(1, cid), Uint8Array.of((3 << 3) | 0, 1));
  const message = field(1, field(1, entry));
  return concatBytes(Uint8Array.of(message.length), message);
}

/** A protobuf field of wire type 2. Lengths here stay below 128, where a varint is one byte: a CID has 36. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length > 127) throw new TypeError(`a field of ${bytes.length} bytes`);
  return concatBytes(Uint8Array.of((number << 3) | 2, bytes.length), bytes);
}
