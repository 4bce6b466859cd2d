/**
 * A node's libp2p identity from its 32-byte Ed25519 seed, and the signature that binds it to a wallet. Does no I/O.
 *
 * Built on noble alone, so that checking a peer's proof does not load libp2p.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { base58btc } from "multiformats/bases/base58";
import { concatBytes } from "../protocol/hex.ts";

export interface PeerIdentity {
  /** Text form, `12D3Koo…`. */
  readonly peerId: string;
  /** Multihash, 38 bytes: what `NodeRegistry` stores. */
  readonly peerIdBytes: Uint8Array;
  /** @returns the 64-byte Ed25519 signature of `message` (RFC 8032). */
  sign(message: Uint8Array): Uint8Array;
}

/** identity multihash (00) of 36 bytes (24): protobuf {1: key type Ed25519 (1), 2: 32 bytes}. Source: libp2p peer-ids. */
const ED25519_PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);

/**
 * @param seed 32 secret bytes.
 * @see https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md
 */
export function peerIdentity(seed: Uint8Array): PeerIdentity {
  if (seed.length !== 32) throw new TypeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const peerIdBytes = concatBytes(ED25519_PREFIX, ed25519.getPublicKey(seed));
  return { peerId: peerIdToText(peerIdBytes), peerIdBytes, sign: (message) => ed25519.sign(message, seed) };
}

/**
 * Whether the libp2p key behind `peerIdBytes` signed `message`. Never throws: all three come from strangers.
 *
 * Only Ed25519 peers pass. Strict RFC 8032 (no small-order keys), so one signature can't stand for two messages.
 */
export function verifyPeerProof(peerIdBytes: Uint8Array, message: Uint8Array, proof: Uint8Array): boolean {
  const key = publicKeyOf(peerIdBytes);
  if (key === undefined || proof.length !== 64) return false;
  try {
    return ed25519.verify(proof, message, key, { zip215: false });
  } catch {
    return false; // noble throws on points that don't decode
  }
}

/** @returns the text form of a peer id's multihash. */
export function peerIdToText(peerIdBytes: Uint8Array): string {
  return base58btc.baseEncode(peerIdBytes);
}

/** @returns the multihash that `text` spells, or `undefined` when it isn't an Ed25519 peer id in base58. */
export function peerIdFromText(text: string): Uint8Array | undefined {
  if (text.length > 64) return undefined; // base58 is quadratic, and an Ed25519 id has 52 characters
  try {
    const bytes = base58btc.baseDecode(text);
    return publicKeyOf(bytes) === undefined ? undefined : bytes;
  } catch {
    return undefined;
  }
}

function publicKeyOf(peerIdBytes: Uint8Array): Uint8Array | undefined {
  const fits = peerIdBytes.length === ED25519_PREFIX.length + 32;
  if (!fits || !ED25519_PREFIX.every((byte, i) => peerIdBytes[i] === byte)) return undefined;
  return peerIdBytes.subarray(ED25519_PREFIX.length);
}
