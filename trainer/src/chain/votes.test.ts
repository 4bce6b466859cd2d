import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../engine/philox.ts";
import { agreedHeight, backOffMs, majority } from "./votes.ts";

const stream = createRandomStream(new Uint8Array(32).fill(3), "votes");

describe("agreedHeight", () => {
  it("is one that more than half have, and no liar of fewer than half can raise", () => {
    assert.equal(agreedHeight([]), undefined);
    assert.equal(agreedHeight([5n]), 5n);
    assert.equal(agreedHeight([9n, 5n]), 5n, "of two, what both have");
    assert.equal(agreedHeight([900n, 5n, 6n]), 6n, "the middle one");
    for (let i = 0; i < 500; i++) {
      const heights = Array.from({ length: 1 + stream.nextBelow(7) }, () => BigInt(stream.nextBelow(20)));
      const common = agreedHeight(heights)!;
      assert.ok(heights.filter((height) => height >= common).length * 2 > heights.length);
    }
  });
});

describe("majority", () => {
  const votes = (...keys: string[]) => keys.map((key, voter) => ({ voter, key, value: key }));
  it("is what more than half say, and names the others", () => {
    assert.deepEqual(majority(votes("a", "b", "a"), 3), { value: "a", dissenters: [1] });
    assert.deepEqual(majority(votes("a"), 1), { value: "a", dissenters: [] });
    assert.equal(majority(votes("a", "b"), 2), undefined);
    assert.equal(majority(votes("a", "b", "c"), 3), undefined);
    assert.equal(majority([], 0), undefined);
  });
});

describe("backOffMs", () => {
  it("doubles up to a minute, and spreads over half of it", () => {
    assert.deepEqual(
      [1, 2, 3, 99].map((failures) => backOffMs(failures, 1)),
      [1_000, 2_000, 4_000, 60_000],
    );
    assert.equal(backOffMs(3, 0), 2_000);
  });
});
