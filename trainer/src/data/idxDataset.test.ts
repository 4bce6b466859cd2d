import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseIdx } from "./idx.ts";
import { datasetFromIdx, type IdxPair } from "./idxDataset.ts";
import { idxBytes, smallPair } from "./testing/idxBytes.ts";
import { refuses } from "./testing/refusal.ts";

const description = { name: "small", source: "a test", licence: "MIT" };

function pairOf(images: Uint8Array, labels: Uint8Array): IdxPair {
  return { images: parseIdx(images, { file: "i", rank: 3 }), labels: parseIdx(labels, { file: "l", rank: 1 }) };
}

function small(count: number): IdxPair {
  const { images, labels } = smallPair(count);
  return pairOf(images, labels);
}

describe("datasetFromIdx", () => {
  it("trains on the first pair and tests on the second", () => {
    const { manifest, train, test, labels, record } = datasetFromIdx(description, [small(5), small(12)]);
    assert.deepEqual(manifest.splits, { train: [0, 5], test: [5, 17] });
    assert.deepEqual([train.count, test.count], [5, 12]);
    assert.deepEqual([...labels("train")], [0, 1, 2, 3, 4]);
    assert.deepEqual([...labels("test")], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    assert.deepEqual(record(5), record(0), "the test pair begins with the same record as the training pair");
    assert.deepEqual([...record(6)], [1, 55, 62, 69, 76, 83, 90], "label 1, then the second image");
  });

  it("cuts a single pair after four fifths, rounded down", () => {
    const { manifest } = datasetFromIdx(description, [small(12)]);
    assert.deepEqual(manifest.splits, { train: [0, 9], test: [9, 12] });
  });

  it("counts classes from the labels where they have no names, and keeps given names", () => {
    assert.deepEqual(datasetFromIdx(description, [small(3)]).manifest.classNames, ["0", "1", "2"]);
    const named = datasetFromIdx({ ...description, classNames: ["a", "b", "c", "d"] }, [small(3)]);
    assert.equal(named.manifest.classes, 4);
  });

  it("refuses images and labels of different count, and says in which split", async () => {
    const uneven = pairOf(smallPair(4).images, smallPair(3).labels);
    const detail = { code: "DATA_COUNTS_DIFFER", images: 4, labels: 3 } as const;
    await refuses(() => datasetFromIdx(description, [uneven]), { ...detail, split: "train" });
    await refuses(() => datasetFromIdx(description, [small(4), uneven]), { ...detail, split: "test" });
  });

  it("refuses splits whose images differ in size, even with as many pixels", async () => {
    const turned = pairOf(idxBytes([1, 3, 2], [1, 2, 3, 4, 5, 6]), idxBytes([1], [0]));
    await refuses(() => datasetFromIdx(description, [small(4), turned]), {
      code: "DATA_SHAPES_DIFFER",
      train: [2, 3],
      test: [3, 2],
    });
  });

  it("refuses a single record, which cannot train and test", async () => {
    await refuses(() => datasetFromIdx(description, [small(1)]), {
      code: "DATA_TOO_FEW_RECORDS",
      actual: 1,
      needed: 2,
    });
  });

  it("refuses a label that has no class, and says where it is", async () => {
    const two = { ...description, classNames: ["a", "b"] };
    await refuses(() => datasetFromIdx(two, [small(5)]), {
      code: "DATA_LABEL_OUT_OF_RANGE",
      index: 2,
      label: 2,
      classes: 2,
    });
  });
});
