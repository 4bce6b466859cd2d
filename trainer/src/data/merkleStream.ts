/**
 * Roots and proofs of Merkle trees whose leaves come one by one: memory holds 32 bytes a level, whatever their number.
 *
 * The tree is that of `protocol/merkle.ts`; this file only walks it in another order. Pure.
 */
import type { Hex } from "../protocol/hex.ts";
import { toHex } from "../protocol/hex.ts";
import { type MerkleProof, nodeOf, rootOf } from "../protocol/merkle.ts";

export interface MerkleStream {
  /** @param leaf already hashed, see `leafHash`. Kept: the caller must not change it. */
  add(leaf: Uint8Array): void;
  /** The root over all leaves so far; more may follow. */
  root(): Hex;
}

/** Hash of an even or odd row of leaves under one node; the part of a tree that is known so far. */
interface Frontier {
  count: number;
  /** `nodes[level]` covers `2^level` leaves where that bit of `count` is set. */
  readonly nodes: Uint8Array[];
  readonly join: JoinNodes;
}

/** Hashes two neighbours; whoever brings another one than `nodeOf` must get the same from it. */
export type JoinNodes = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/**
 * @param join for a faster SHA-256 where there is one. @default nodeOf
 * @returns an empty tree that grows leaf by leaf; its root always equals `merkleRoot` of the same leaves.
 */
export function createMerkleStream(join: JoinNodes = nodeOf): MerkleStream {
  const frontier: Frontier = { count: 0, nodes: [], join };
  return {
    add: (leaf) => addLeaf(frontier, leaf),
    root: () => rootOf(topOf(frontier), frontier.count),
  };
}

/** Gives the hash of leaf `index`; called once for each. */
export type LeafSource = (index: number) => Uint8Array;

/** @returns the root over leaves `0 ≤ i < count`, asked for in order. */
export function streamedRoot(leafOf: LeafSource, count: number): Hex {
  return rootOf(subtree(leafOf, 0, count), count);
}

/**
 * @param index `0 ≤ index < count`.
 * @returns the same proof as `merkleProof`; asks for every leaf but that one, once.
 */
export function streamedProof(leafOf: LeafSource, count: number, index: number): MerkleProof {
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) throw new RangeError(`leaf ${index} of ${count}`);
  const siblings: Hex[] = [];
  let position = index;
  for (let width = count, span = 1; width > 1; width = Math.ceil(width / 2), span *= 2) {
    const sibling = position % 2 === 0 ? position + 1 : position - 1;
    if (sibling < width) siblings.push(toHex(subtree(leafOf, sibling * span, Math.min(count, (sibling + 1) * span))));
    position = Math.floor(position / 2);
  }
  return { index, count, siblings };
}

/** The node over leaves `from ≤ i < to`, which must be all that there are under it. */
function subtree(leafOf: LeafSource, from: number, to: number): Uint8Array {
  const frontier: Frontier = { count: 0, nodes: [], join: nodeOf };
  for (let index = from; index < to; index++) addLeaf(frontier, leafOf(index));
  return topOf(frontier);
}

/** As in counting: a full node of a level meets the next one and carries over. */
function addLeaf(frontier: Frontier, leaf: Uint8Array): void {
  let node = leaf;
  let level = 0;
  for (let rest = frontier.count; rest % 2 === 1; rest = Math.floor(rest / 2))
    node = frontier.join(frontier.nodes[level++]!, node);
  frontier.nodes[level] = node;
  frontier.count++;
}

/** Joins what is unpaired from the lowest level up; a node without a partner moves up unchanged. */
function topOf({ count, nodes, join }: Frontier): Uint8Array {
  let top: Uint8Array | undefined;
  for (let rest = count, level = 0; rest > 0; rest = Math.floor(rest / 2), level++) {
    if (rest % 2 === 1) top = top === undefined ? nodes[level]! : join(nodes[level]!, top);
  }
  return top ?? new Uint8Array(32);
}
