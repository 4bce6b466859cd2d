/**
 * Merkle trees over SHA-256, as used for data sets and traces. Pure.
 *
 * `leaf = H(0x00 ‖ bytes)`, `node = H(0x01 ‖ left ‖ right)`, `root = H(0x02 ‖ uint64be(count) ‖ top)`. An odd node
 * moves up unchanged. The three prefixes keep a leaf from being read as a node, and the count in the root keeps a
 * shorter tree from passing for a longer one (abuse case 34: second preimages).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, fromHex, type Hex, toHex } from "./hex.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const ROOT = Uint8Array.of(2);

/** @returns the 32-byte hash of one leaf's content. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, bytes));
}

/** @returns the root over leaves that are already hashed with {@link leafHash}. The empty tree's top is 32 zero bytes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Hex {
  return rootOf(levelsOf(leaves).at(-1)![0] ?? new Uint8Array(32), leaves.length);
}

/** The siblings on the way from a leaf to the top. A level at which the node had no sibling adds nothing. */
export interface MerkleProof {
  readonly index: number;
  readonly count: number;
  readonly siblings: readonly Hex[];
}

/**
 * @param index `0 ≤ index < leaves.length`.
 * @returns what {@link verifyMerkleProof} needs to see that leaf `index` is under the root.
 */
export function merkleProof(leaves: readonly Uint8Array[], index: number): MerkleProof {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`leaf ${index} of ${leaves.length}`);
  }
  const siblings: Hex[] = [];
  let position = index;
  for (const level of levelsOf(leaves)) {
    const sibling = level[position ^ 1];
    if (sibling !== undefined) siblings.push(toHex(sibling));
    position >>= 1;
  }
  return { index, count: leaves.length, siblings };
}

/** @returns whether `leaf` (already hashed) is at `proof.index` of the tree of `proof.count` leaves with this root. */
export function verifyMerkleProof(root: Hex, leaf: Uint8Array, proof: MerkleProof): boolean {
  const { index, count, siblings } = proof;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(count) || index < 0 || index >= count) return false;
  let hash = leaf;
  let position = index;
  let used = 0;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const hasSibling = (position ^ 1) < width;
    if (hasSibling) {
      const text = siblings[used++];
      if (text === undefined) return false;
      const sibling = fromHex(text, 32);
      hash = position & 1 ? nodeOf(sibling, hash) : nodeOf(hash, sibling);
    }
    position >>= 1;
  }
  return used === siblings.length && rootOf(hash, count) === root;
}

function levelsOf(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [[...leaves]];
  for (let level = levels[0]!; level.length > 1; level = levels.at(-1)!) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      next.push(right === undefined ? level[i]! : nodeOf(level[i]!, right));
    }
    levels.push(next);
  }
  return levels;
}

/** @returns the hash of two neighbours, `H(0x01 ‖ left ‖ right)`. */
export function nodeOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** @returns the root of a tree of `count` leaves from its topmost hash. */
export function rootOf(top: Uint8Array, count: number): Hex {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(count));
  return toHex(sha256(concatBytes(ROOT, length, top)));
}
