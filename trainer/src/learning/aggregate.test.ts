import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertSameNumbers, hasCode, testStream } from "../engine/testing/programs.ts";
import { aggregate, type Contribution, parseAggregationRule } from "./aggregate.ts";

const FEDAVG = { kind: "fedavg" } as const;
const { fround } = Math;

function addressOf(index: number): string {
  return `0x${index.toString(16).padStart(40, "0")}`;
}

function contribution(address: number, sampleCount: number, values: readonly number[]): Contribution {
  const parameters = new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
  return { address: addressOf(address), sampleCount, parameters };
}

function average(...updates: readonly Contribution[]): Float32Array {
  return aggregate(FEDAVG, updates).get("w")!.data;
}

describe("aggregate", () => {
  it("weighs by samples: (1·2 + 3·6) / 4 = 5, as by hand", () => {
    assert.deepEqual([...average(contribution(1, 1, [2, 0]), contribution(2, 3, [6, 4]))], [5, 3]);
  });

  it("gives a single update back where the count divides without rounding", () => {
    assert.deepEqual([...average(contribution(1, 1, [0.1, -7]))], [fround(0.1), -7]);
  });

  it("sums in ascending order of address, in whatever order and case they come", () => {
    const updates = [contribution(0xa, 1, [1e8]), contribution(0xb, 1, [1]), contribution(0xc, 1, [-1e8])];
    assert.deepEqual([...average(...updates)], [0], "(10^8 + 1) − 10^8 in binary32");
    const shouted = updates.map((update) => ({ ...update, address: update.address.toUpperCase().replace("0X", "0x") }));
    assert.deepEqual([...average(...shouted.reverse())], [0]);
    const otherOrder = [contribution(1, 1, [1e8]), contribution(2, 1, [-1e8]), contribution(3, 1, [1])];
    assert.deepEqual([...average(...otherOrder)], [fround(1 / 3)], "(10^8 − 10^8) + 1");
  });

  it("rounds after every operation as the formula says, on random updates", () => {
    const stream = testStream("fedavg");
    for (let trial = 0; trial < 50; trial++) {
      const size = 1 + stream.nextBelow(5);
      const updates = Array.from({ length: 1 + stream.nextBelow(9) }, (_, i) =>
        contribution(i, 1 + stream.nextBelow(4_294_967_295), Array.from({ length: size }, stream.nextFloat)),
      );
      const total = fround(updates.reduce((sum, { sampleCount }) => sum + sampleCount, 0));
      const expected = Float32Array.from({ length: size }, (_, i) => {
        let sum = 0;
        for (const { sampleCount, parameters } of updates) {
          sum = fround(sum + fround(fround(sampleCount) * parameters.get("w")!.data[i]!));
        }
        return fround(sum / total);
      });
      assertSameNumbers(average(...updates), expected, `trial ${trial}`);
    }
  });

  it("leaves the updates as they were", () => {
    const update = contribution(1, 5, [1, 2]);
    average(update, contribution(2, 5, [3, 4]));
    assert.deepEqual([...update.parameters.get("w")!.data], [1, 2]);
  });

  it("refuses what cannot be averaged", () => {
    const sound = contribution(1, 1, [1]);
    const other = new Map([["v", { shape: [1], data: new Float32Array(1) }]]);
    assert.throws(() => average(), hasCode("LEARNING_NO_UPDATES"));
    assert.throws(() => average(sound, sound), hasCode("LEARNING_DUPLICATE_ADDRESS"));
    for (const count of [0, -1, 1.5, 4_294_967_296, Number.NaN]) {
      assert.throws(() => average(contribution(1, count, [1])), hasCode("LEARNING_SAMPLE_COUNT"));
    }
    assert.throws(() => average(sound, contribution(2, 1, [1, 2])), hasCode("LEARNING_UPDATE_MISMATCH"));
    assert.throws(
      () => average(sound, { ...contribution(2, 1, []), parameters: other }),
      hasCode("LEARNING_UPDATE_MISMATCH"),
    );
    assert.throws(() => average(contribution(1, 9, [3e38])), hasCode("LEARNING_NOT_FINITE"));
  });
});

describe("parseAggregationRule", () => {
  it("knows fedavg and nothing else", () => {
    assert.deepEqual(parseAggregationRule({ kind: "fedavg" }), FEDAVG);
    for (const value of [null, {}, "fedavg", { kind: "median" }, { kind: "toString" }, { kind: "fedavg", trim: 1 }]) {
      assert.throws(() => parseAggregationRule(value), hasCode("LEARNING_RULE_MALFORMED"), JSON.stringify(value));
    }
  });
});
