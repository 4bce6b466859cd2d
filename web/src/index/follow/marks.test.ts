import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pad, toHex } from "viem";
import type { BlockMark } from "./chainSource.ts";
import { withMark } from "./marks.ts";

describe("withMark", () => {
  it("keeps the last 64 blocks without gaps, and of 10,000 few enough to store with every block", () => {
    let marks: BlockMark[] = [];
    for (let number = 0; number < 10_000; number++) {
      marks = withMark(marks, { number: BigInt(number), hash: pad(toHex(number)) });
    }
    const numbers = marks.map(({ number }) => Number(number));
    assert.deepEqual(
      numbers.slice(-64),
      Array.from({ length: 64 }, (_, i) => 9_936 + i),
    );
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
    assert.ok(numbers.length < 160, `${numbers.length} marks`);
    assert.ok(
      numbers.some((number) => number < 9_800),
      "one that is older than a deep reorganisation",
    );
  });
});
