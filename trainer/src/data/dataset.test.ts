import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDataset, type LabelledImages } from "./dataset.ts";

const description = { name: "tiny", source: "a test", licence: "MIT", classNames: ["cross", "ring"] };
const images: LabelledImages = {
  shape: [1, 1, 1],
  pixels: Uint8Array.of(0, 255, 51),
  labels: Uint8Array.of(1, 0, 1),
  trainCount: 2,
};

describe("createDataset", () => {
  it("numbers the records of each split from 0", () => {
    const { train, test } = createDataset(description, images);
    const [inputs, labels] = [new Float32Array(2), new Float32Array(2)];
    train.read([1, 0], inputs, labels);
    assert.deepEqual(
      [[...inputs], [...labels]],
      [
        [1, 0],
        [0, 1],
      ],
    );
    test.read([0], inputs, labels);
    assert.deepEqual([inputs[0], labels[0]], [Math.fround(0.2), 1]);
    assert.throws(() => test.read([1], inputs, labels), RangeError);
  });

  it("gives labels and records as copies, which may be changed without harm", () => {
    const { labels, record } = createDataset(description, images);
    labels("train").fill(9);
    record(0).fill(9);
    assert.deepEqual([...labels("train")], [1, 0]);
    assert.deepEqual([...labels("test")], [1]);
    assert.deepEqual([...record(0)], [1, 0]);
  });

  it("throws on a record that does not exist, and on pixels that do not fit the shape", () => {
    const { record } = createDataset(description, images);
    for (const index of [-1, 3, 0.5, Number.NaN]) assert.throws(() => record(index), RangeError);
    assert.throws(() => createDataset(description, { ...images, shape: [2, 1, 1] }), RangeError);
  });
});
