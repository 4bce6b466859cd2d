/**
 * The Merkle roots of a model's parameters and of a training state, as the dispute contract reads them.
 *
 * Words are 32 bits, packed big-endian 32 to a leaf of 128 bytes; `leaf = keccak256(128 bytes)`, `node = keccak256(left ‖ right)`;
 * missing leaves are those of zeros. So any number of a state is proven with one path of hashes.
 *
 * @see docs/disputes.md, section 2
 */
import { nodeHash, slotRoot } from "./merkleModule.ts";
import type { Parameters } from "./tensor.ts";

const WORDS_PER_LEAF = 32;

/** @returns levels above the leaves of a slot of so many words: `⌈log₂ ⌈length / 32⌉⌉`. */
export function slotHeight(length: number): number {
  return heightOf(Math.ceil(length / WORDS_PER_LEAF));
}

/** @returns levels of a tree with so many leaves once it is filled up to a power of two; one leaf at least. */
export function heightOf(leaves: number): number {
  return leaves <= 1 ? 0 : 32 - Math.clz32(leaves - 1);
}

const emptyRoots: Uint8Array[] = [new Uint8Array(32)];

/** @returns the root of a tree of this height whose leaves are all 32 zero bytes. */
export function emptyRoot(height: number): Uint8Array {
  while (emptyRoots.length <= height) emptyRoots.push(nodeHash(emptyRoots.at(-1)!, emptyRoots.at(-1)!));
  return emptyRoots[height]!;
}

/** @returns the root of a tree over `leaves` as they are, filled up with 32 zero bytes to a power of two. */
export function listRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const height = heightOf(leaves.length);
  let row = leaves;
  for (let level = 0; level < height; level++) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < row.length; i += 2) above.push(nodeHash(row[i]!, row[i + 1] ?? emptyRoot(level)));
    row = above;
  }
  return row[0] ?? emptyRoot(0);
}

/** @returns the root W over the slot trees of `tensors`, in ascending order of their names by code units. */
export function tensorsRoot(tensors: Parameters): Uint8Array {
  const names = [...tensors.keys()].sort();
  return listRoot(
    names.map((name) => {
      const { data } = tensors.get(name)!;
      return slotRoot(new Uint32Array(data.buffer, data.byteOffset, data.length));
    }),
  );
}

/** @returns the root P of a training state: `node(root of parameters, root of the optimiser's state)`. */
export function stateRoot(parameters: Parameters, optimiserState: Parameters): Uint8Array {
  return nodeHash(tensorsRoot(parameters), tensorsRoot(optimiserState));
}
