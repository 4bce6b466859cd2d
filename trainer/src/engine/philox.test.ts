import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream, permutation, philox4x32 } from "./philox.ts";
import { seedOf, testStream } from "./testing/programs.ts";

/** Random123 1.14, tests/kat_vectors, `philox4x32 10`: counter, key, expected. */
const KNOWN_ANSWERS = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const;

describe("philox4x32", () => {
  for (const [counter, key, expected] of KNOWN_ANSWERS) {
    it(`gives Random123's answer for counter ${counter[0].toString(16)}`, () => {
      assert.deepEqual(philox4x32(counter, key), expected);
    });
  }
});

describe("createRandomStream", () => {
  it("gives the same numbers for the same seed and name, and others for any other", () => {
    const draw = (seed: number, name: string): number[] => {
      const stream = createRandomStream(seedOf(seed), name);
      return Array.from({ length: 9 }, stream.nextUint32);
    };
    assert.deepEqual(draw(1, "a"), draw(1, "a"));
    assert.notDeepEqual(draw(1, "a"), draw(2, "a"));
    assert.notDeepEqual(draw(1, "a"), draw(1, "b"));
  });

  it("refuses a seed that has not 32 bytes", () => {
    assert.throws(() => createRandomStream(new Uint8Array(31), "a"), RangeError);
  });

  it("draws floats on the grid of 2^-24 in [0, 1), half of them below one half", () => {
    const stream = testStream("floats");
    const values = Array.from({ length: 10_000 }, stream.nextFloat);
    assert.ok(values.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 16_777_216)));
    const below = values.filter((value) => value < 0.5).length;
    assert.ok(Math.abs(below - 5_000) < 250, `${below} of 10,000; five standard deviations are 250`);
  });
});

describe("nextBelow", () => {
  it("hits every number equally often within five standard deviations", () => {
    const stream = testStream("below");
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[stream.nextBelow(7)]!++;
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 5 * Math.sqrt(10_000 * (6 / 7)), `${counts}`);
  });

  it("is unbiased where 2^32 is far from a multiple: n = 3·2^30 rejects a quarter of all words", () => {
    const stream = testStream("rejection");
    const n = 3 * 1_073_741_824;
    let lowest = 0;
    for (let i = 0; i < 9_000; i++) if (stream.nextBelow(n) < n / 3) lowest++;
    assert.ok(
      Math.abs(lowest - 3_000) < 5 * Math.sqrt(9_000 * (2 / 9)),
      `${lowest} in the lowest third; by modulo alone 4,500`,
    );
  });

  it("allows 1 and 2^32 and refuses everything outside", () => {
    assert.equal(testStream("one").nextBelow(1), 0);
    assert.equal(testStream("all").nextBelow(4_294_967_296), testStream("all").nextUint32());
    for (const n of [0, -1, 1.5, 4_294_967_297, Number.NaN])
      assert.throws(() => testStream("x").nextBelow(n), RangeError);
  });
});

describe("permutation", () => {
  it("holds every number once for every length up to 100", () => {
    const stream = testStream("permutation");
    for (let n = 0; n <= 100; n++) {
      assert.deepEqual(
        [...permutation(stream, n)].sort((a, b) => a - b),
        Array.from({ length: n }, (_, i) => i),
      );
    }
  });

  it("swaps from the end as Fisher and Yates do: draws 0, 0 of three numbers give 1, 2, 0", () => {
    assert.deepEqual([...permutation({ ...testStream("unused"), nextBelow: () => 0 }, 3)], [1, 2, 0]);
  });

  it("gives all six orders of three numbers equally often within five standard deviations", () => {
    const stream = testStream("orders");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const order = permutation(stream, 3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    for (const count of counts.values())
      assert.ok(Math.abs(count - 1_000) < 5 * Math.sqrt(1_000 * (5 / 6)), `${count}`);
  });
});
