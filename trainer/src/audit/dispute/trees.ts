/** Trees that keep their rows, so that they give paths and can change a leaf. @see docs/disputes.md, section 2 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { nodeHash } from "../../engine/merkleModule.ts";
import { emptyRoot, heightOf, slotHeight } from "../../engine/stateRoot.ts";
import { WORDS_PER_LEAF } from "./game.ts";

/** @returns the 128 bytes of leaf number `at` of a slot's tree. */
export function leafBytes(words: Uint32Array, at: number): Uint8Array {
  const bytes = new Uint8Array(4 * WORDS_PER_LEAF);
  const view = new DataView(bytes.buffer);
  const from = at * WORDS_PER_LEAF;
  for (let i = 0; i < Math.min(WORDS_PER_LEAF, words.length - from); i++) view.setUint32(4 * i, words[from + i]!);
  return bytes;
}

const zeroNodes: Uint8Array[] = [keccak_256(new Uint8Array(4 * WORDS_PER_LEAF))];

/** @returns the root of a slot's tree of this height in which all is 0. */
export function zeroRoot(height: number): Uint8Array {
  while (zeroNodes.length <= height) zeroNodes.push(nodeHash(zeroNodes.at(-1)!, zeroNodes.at(-1)!));
  return zeroNodes[height]!;
}

/** A tree filled up to a power of two; what is missing at a level is `missing(level)`. */
export class Tree {
  readonly height: number;
  readonly #rows: Uint8Array[][];
  readonly #missing: (level: number) => Uint8Array;

  constructor(leaves: readonly Uint8Array[], height: number, missing: (level: number) => Uint8Array) {
    this.height = height;
    this.#missing = missing;
    this.#rows = [[...leaves]];
    for (let level = 0; level < height; level++) {
      const row = this.#rows[level]!;
      const above: Uint8Array[] = [];
      for (let i = 0; i < row.length; i += 2) above.push(nodeHash(row[i]!, row[i + 1] ?? missing(level)));
      this.#rows.push(above);
    }
  }

  get root(): Uint8Array {
    return this.#rows[this.height]![0] ?? this.#missing(this.height);
  }

  leaf(at: number): Uint8Array {
    return this.node(0, at);
  }

  /** @returns node `at` of the row that is `level` rows above the leaves. */
  node(level: number, at: number): Uint8Array {
    return this.#rows[level]![at] ?? this.#missing(level);
  }

  /** @returns siblings from the leaf upwards. */
  path(at: number): Uint8Array[] {
    return Array.from({ length: this.height }, (_, level) => {
      return this.#rows[level]![(at >>> level) ^ 1] ?? this.#missing(level);
    });
  }

  /** Changes one leaf and what is above it. */
  set(at: number, leaf: Uint8Array): void {
    this.#rows[0]![at] = leaf;
    for (let level = 0; level < this.height; level++) {
      const pair = (at >>> level) & ~1;
      const [left, right] = [pair, pair + 1].map((i) => this.#rows[level]![i] ?? this.#missing(level));
      this.#rows[level + 1]![at >>> (level + 1)] = nodeHash(left!, right!);
    }
  }
}

/** @returns the tree of a list of leaves, filled up with 32 zero bytes. */
export function listTree(leaves: readonly Uint8Array[]): Tree {
  return new Tree(leaves, heightOf(leaves.length), emptyRoot);
}

/** @returns the tree over a slot's words. */
export function slotTree(words: Uint32Array): Tree {
  const leaves = Array.from({ length: Math.ceil(words.length / WORDS_PER_LEAF) }, (_, at) =>
    keccak_256(leafBytes(words, at)),
  );
  return new Tree(leaves, slotHeight(words.length), zeroRoot);
}
