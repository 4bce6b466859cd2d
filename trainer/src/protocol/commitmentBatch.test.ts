/** Paths of a relay's batch lead to its root; the contract's own hashes are compared in test/contracts/rebuild.test.ts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Address, concat, hashTypedData, keccak256, numberToHex, zeroHash } from "viem";
import {
  type BatchEntry,
  batchPath,
  batchRoot,
  COMMIT_UPDATE_TYPES,
  commitUpdateDomain,
  rootOfPath,
} from "./commitmentBatch.ts";
import type { Hex } from "./hex.ts";

const entriesOf = (count: number): BatchEntry[] =>
  Array.from({ length: count }, (_, slot) => {
    const trainer: Address = numberToHex(0xabc0 + slot, { size: 20 });
    return { trainer, slot, commitment: keccak256(numberToHex(slot, { size: 32 })) };
  });

/** As the contract does it: from the leaf up, left or right by the bits of the index. */
function fold({ trainer, slot, commitment }: BatchEntry, index: number, path: readonly Hex[]): Hex {
  const leaf = keccak256(concat([trainer, `0x${"00".repeat(11)}`, numberToHex(slot, { size: 1 }), commitment]));
  return path.reduce((node, sibling, level) => {
    return keccak256(concat((index >> level) & 1 ? [sibling, node] : [node, sibling]));
  }, leaf);
}

describe("batchPath", () => {
  it("leads from every entry to the root, whatever the number of entries", () => {
    for (const count of [1, 2, 3, 4, 5, 7, 8, 9, 33, 256]) {
      const entries = entriesOf(count);
      const root = batchRoot(entries);
      for (const [index, entry] of entries.entries()) {
        const path = batchPath(entries, index);
        assert.equal(path.length, Math.ceil(Math.log2(count)), `depth of ${count}`);
        assert.equal(fold(entry, index, path), root, `entry ${index} of ${count}`);
      }
    }
  });

  it("puts zero where a node has no sibling", () => {
    assert.equal(batchPath(entriesOf(3), 2)[0], zeroHash);
  });

  it("refuses entries that are not there", () => {
    for (const index of [-1, 3, 0.5, Number.NaN]) assert.throws(() => batchPath(entriesOf(3), index), RangeError);
  });
});

describe("batchRoot", () => {
  it("changes with every part of every entry, and with their order", () => {
    const entries = entriesOf(5);
    const root = batchRoot(entries);
    const [first, second, ...rest] = entries as [BatchEntry, BatchEntry, ...BatchEntry[]];
    const changed = [
      [second, first, ...rest],
      entries.slice(0, 4),
      [{ ...first, slot: 9 }, second, ...rest],
      [{ ...first, trainer: second.trainer }, second, ...rest],
      [{ ...first, commitment: second.commitment }, second, ...rest],
    ];
    for (const [i, other] of changed.entries()) assert.notEqual(batchRoot(other), root, `change ${i}`);
  });
});

describe("rootOfPath", () => {
  it("leads from every entry of every size to the batch's root", () => {
    for (const count of [1, 2, 3, 5, 8, 9, 255]) {
      const entries = entriesOf(count);
      const root = batchRoot(entries);
      const checked = count < 10 ? entries.keys() : [0, count >> 1, count - 1];
      for (const i of checked)
        assert.equal(rootOfPath(entries[i]!, i, batchPath(entries, i)), root, `${i} of ${count}`);
    }
  });

  it("leads elsewhere from another entry, place, slot or sibling", () => {
    const entries = entriesOf(5);
    const [root, path, entry] = [batchRoot(entries), batchPath(entries, 2), entries[2]!];
    const others = [
      rootOfPath(entries[3]!, 2, path),
      rootOfPath(entry, 3, path),
      rootOfPath({ ...entry, slot: entry.slot + 1 }, 2, path),
      rootOfPath({ ...entry, commitment: zeroHash }, 2, path),
      rootOfPath(entry, 2, path.with(1, zeroHash)),
      rootOfPath(entry, 2, path.slice(1)),
    ];
    for (const [i, other] of others.entries()) assert.notEqual(other, root, `variant ${i}`);
  });

  it("knows no place beyond its path", () => {
    const [entry] = entriesOf(1);
    assert.equal(rootOfPath(entry!, 1, []), undefined);
    assert.equal(rootOfPath(entry!, 2 ** 32, Array(8).fill(zeroHash)), undefined);
    assert.equal(rootOfPath(entry!, -1, [zeroHash]), undefined);
  });
});

describe("a trainer's word for a relay", () => {
  it("names chain, contract, task and round", () => {
    const hash = (chainId: number, contract: Address, taskId: bigint, round: number) =>
      hashTypedData({
        domain: commitUpdateDomain(chainId, contract),
        types: COMMIT_UPDATE_TYPES,
        primaryType: "CommitUpdate",
        message: { taskId, round, commitment: zeroHash },
      });
    const [one, two]: Address[] = [numberToHex(1, { size: 20 }), numberToHex(2, { size: 20 })];
    const hashes = [hash(1, one!, 1n, 1), hash(2, one!, 1n, 1), hash(1, two!, 1n, 1), hash(1, one!, 2n, 1)];
    assert.equal(new Set([...hashes, hash(1, one!, 1n, 2)]).size, 5);
  });
});
