import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../../engine/philox.ts";
import { seedOf } from "../../engine/testing/programs.ts";
import { binary32Text } from "./binary32Text.ts";
import { numberOf } from "./outline.ts";

describe("binary32Text", () => {
  it("gives the shortest text", () => {
    const texts = [0.1, 0.061431288719177246, 8000, 1e30, -2.5, 0, -0].map((x) => binary32Text(Math.fround(x)));
    assert.deepEqual(texts, ["0.1", "0.06143129", "8000", "1e+30", "-2.5", "0", "-0"]);
  });

  it("gives a text that is read as the same number, whatever the bits", () => {
    const stream = createRandomStream(seedOf(3), "texts");
    for (let i = 0; i < 20_000; i++) {
      const x = numberOf(stream.nextUint32());
      assert.ok(Object.is(Math.fround(Number(binary32Text(x))), x), binary32Text(x));
    }
  });

  it("names what is no number", () => {
    assert.deepEqual([Number.NaN, Number.NEGATIVE_INFINITY].map(binary32Text), ["NaN", "-Infinity"]);
  });
});
