/**
 * A relay's batch of commitments: its tree, and a trainer's word for its entry. Pure; the contract's side is
 * contracts/libraries/Batches.sol, and `test/contracts/rebuild.test.ts` opens with these what the contract keeps.
 *
 * `leaf = keccak256(trainer ‖ 11 zero bytes ‖ slot ‖ commitment)`, `node = keccak256(left ‖ right)`; where a node has no
 * sibling, zero stands for it.
 */
import { type Address, concat, keccak256, numberToHex, zeroHash } from "viem";
import type { Hex } from "./hex.ts";

/** One entry, with the place that its trainer has in the task. */
export interface BatchEntry {
  readonly trainer: Address;
  readonly slot: number;
  readonly commitment: Hex;
}

/** What a trainer signs for a relay, by EIP-712. */
export const COMMIT_UPDATE_TYPES = {
  CommitUpdate: [
    { name: "taskId", type: "uint256" },
    { name: "round", type: "uint32" },
    { name: "commitment", type: "bytes32" },
  ],
} as const;

/** The EIP-712 domain of `FLContract`. */
export function commitUpdateDomain(chainId: number, flContract: Address) {
  return { name: "Cairn FLContract", version: "1", chainId, verifyingContract: flContract } as const;
}

/** @param entries At least one, in the order in which they were sent. */
export function batchRoot(entries: readonly BatchEntry[]): Hex {
  return levelsOf(entries).at(-1)?.[0] ?? zeroHash;
}

/**
 * @param index `0 ≤ index < entries.length`.
 * @returns the siblings from the entry to the root, as `revealBatched` takes them.
 */
export function batchPath(entries: readonly BatchEntry[], index: number): Hex[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= entries.length) {
    throw new RangeError(`entry ${index} of ${entries.length}`);
  }
  const levels = levelsOf(entries).slice(0, -1);
  return levels.map((nodes, level) => nodes[(index >> level) ^ 1] ?? zeroHash);
}

/** @returns the root that `path` leads to from an entry; `undefined` where no entry can stand at `index` of such a path. */
export function rootOfPath(entry: BatchEntry, index: number, path: readonly Hex[]): Hex | undefined {
  if (!Number.isSafeInteger(index) || index < 0 || index >= 2 ** path.length) return undefined;
  return path.reduce((node, sibling, level) => {
    const isRight = (index >> level) & 1;
    return keccak256(concat(isRight ? [sibling, node] : [node, sibling]));
  }, leafOf(entry));
}

/** The leaves first, the root last. */
function levelsOf(entries: readonly BatchEntry[]): Hex[][] {
  const levels = [entries.map(leafOf)];
  for (let nodes = levels[0]!; nodes.length > 1; levels.push(nodes)) nodes = parentsOf(nodes);
  return levels;
}

function parentsOf(nodes: readonly Hex[]): Hex[] {
  const parents: Hex[] = [];
  for (let i = 0; i < nodes.length; i += 2) parents.push(keccak256(concat([nodes[i]!, nodes[i + 1] ?? zeroHash])));
  return parents;
}

function leafOf({ trainer, slot, commitment }: BatchEntry): Hex {
  return keccak256(concat([trainer, numberToHex(slot, { size: 12 }), commitment]));
}
