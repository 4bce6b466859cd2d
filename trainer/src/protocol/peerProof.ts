/**
 * The two proofs behind a node's announcement, made and checked off chain. Pure.
 *
 * The libp2p key and the sealing key each sign {@link peerStatement}, which names the wallet. The sealing key is used
 * for X25519, which cannot sign, so it is made as an Ed25519 key and published in its Montgomery form: the signature
 * under the Edwards form proves possession.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { base58btc } from "multiformats/bases/base58";
import type { Address } from "viem";
import { concatBytes, fromHex, type Hex, toHex } from "./hex.ts";
import { type NodeIdentity, peerStatement } from "./nodeIdentity.ts";

/** Identity multihash of libp2p's protobuf public key: type Ed25519 (08 01), 32 bytes (12 20). Source: libp2p peer ids. */
const ED25519_PEER_ID = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20);
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** `peer signature ‖ sealing key in Edwards form ‖ sealing signature`. Unit: bytes. */
const PROOF_BYTES = 2 * SIGNATURE_BYTES + KEY_BYTES;

/** @returns the peer id of an Ed25519 seed, as bytes. */
export function peerIdOf(peerSeed: Uint8Array): Hex {
  return toHex(concatBytes(ED25519_PEER_ID, ed25519.getPublicKey(peerSeed)));
}

/** @returns the X25519 public key that belongs to the sealing seed. */
export function sealingKeyOf(sealingSeed: Uint8Array): Hex {
  return toHex(ed25519.utils.toMontgomery(ed25519.getPublicKey(sealingSeed)));
}

/** @returns a peer id's usual text, `12D3Koo…`. */
export function peerIdText(peerId: Hex): string {
  return base58btc.baseEncode(fromHex(peerId));
}

/** @returns the peer id that `text` spells, as bytes; `undefined` when it is no Ed25519 peer id in base58. */
export function peerIdFromText(text: string): Hex | undefined {
  if (text.length > 64) return undefined; // base58 is quadratic, and an Ed25519 id has 52 characters
  try {
    const peerId = toHex(base58btc.baseDecode(text));
    return publicKeyOf(peerId) === undefined ? undefined : peerId;
  } catch {
    return undefined;
  }
}

/** @returns what goes into `NodeIdentity.peerProof`. */
export function signPeerProof(statement: Hex, seeds: { readonly peer: Uint8Array; readonly sealing: Uint8Array }): Hex {
  const message = fromHex(statement, 32);
  return toHex(
    concatBytes(
      ed25519.sign(message, seeds.peer),
      ed25519.getPublicKey(seeds.sealing),
      ed25519.sign(message, seeds.sealing),
    ),
  );
}

/** @returns whether the announced peer id and sealing key both signed for this wallet. Never throws on foreign bytes. */
export function verifyPeerProof(
  identity: Pick<NodeIdentity, "node" | "peerId" | "sealingKey" | "sealingKeyVersion" | "peerProof">,
  { chainId, nodeRegistry }: { readonly chainId: bigint; readonly nodeRegistry: Address },
): boolean {
  const peerKey = publicKeyOf(identity.peerId);
  const proof = fromHex(identity.peerProof);
  if (peerKey === undefined || proof.length !== PROOF_BYTES) return false;
  const message = fromHex(peerStatement(chainId, nodeRegistry, identity), 32);
  const sealingEdwards = proof.subarray(SIGNATURE_BYTES, SIGNATURE_BYTES + KEY_BYTES);
  try {
    return (
      ed25519.verify(proof.subarray(0, SIGNATURE_BYTES), message, peerKey, STRICT) &&
      toHex(ed25519.utils.toMontgomery(sealingEdwards)) === identity.sealingKey &&
      ed25519.verify(proof.subarray(SIGNATURE_BYTES + KEY_BYTES), message, sealingEdwards, STRICT)
    );
  } catch {
    return false; // a point that is not on the curve
  }
}

/** RFC 8032 to the letter: no keys of small order, under which one signature stands for every message. */
const STRICT = { zip215: false } as const;

function publicKeyOf(peerId: Hex): Uint8Array | undefined {
  const bytes = fromHex(peerId);
  const fits = bytes.length === ED25519_PEER_ID.length + KEY_BYTES;
  if (!fits || ED25519_PEER_ID.some((byte, i) => bytes[i] !== byte)) return undefined;
  return bytes.subarray(ED25519_PEER_ID.length);
}
