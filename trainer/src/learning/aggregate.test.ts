import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Parameters } from "../engine/tensor.ts";
import { assertSameNumbers, hasCode, testStream } from "../engine/testing/programs.ts";
import { aggregate } from "./aggregate.ts";
import { type Contribution, firstRound } from "./aggregation/round.ts";

const FEDAVG = { kind: "fedavg" } as const;
const { fround } = Math;

function addressOf(index: number): string {
  return `0x${index.toString(16).padStart(40, "0")}`;
}

function parametersOf(values: readonly number[]): Parameters {
  return new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
}

function contribution(address: number, sampleCount: number, values: readonly number[]): Contribution {
  return { address: addressOf(address), sampleCount, parameters: parametersOf(values) };
}

function run(...updates: readonly Contribution[]) {
  const size = updates[0]?.parameters.get("w")?.data.length ?? 1;
  const base = new Map([["w", { shape: [size], data: new Float32Array(size) }]]);
  return aggregate(FEDAVG, firstRound(base), updates);
}

function average(...updates: readonly Contribution[]): Float32Array {
  return run(...updates).parameters.get("w")!.data;
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

  it("leaves out what is no update of this model, says so, and goes on with the others", () => {
    const sound = contribution(1, 2, [3, 4]);
    const other = new Map([["v", { shape: [2], data: new Float32Array(2) }]]);
    const { parameters, report } = run(
      sound,
      contribution(2, 0, [1, 1]),
      contribution(3, 1, [1, 2, 3]),
      { ...contribution(4, 1, []), parameters: other },
      contribution(5, 1, [Number.NaN, 0]),
      contribution(6, 1, [0, -Infinity]),
      contribution(7, 1, [3e38, 3e38]),
    );
    assert.deepEqual([...parameters.get("w")!.data], [3, 4]);
    assert.deepEqual(
      report.map(({ problem }) => problem),
      [
        undefined,
        "LEARNING_SAMPLE_COUNT",
        "LEARNING_UPDATE_MISMATCH",
        "LEARNING_UPDATE_MISMATCH",
        "LEARNING_UPDATE_NOT_FINITE",
        "LEARNING_UPDATE_NOT_FINITE",
        "LEARNING_UPDATE_UNBOUNDED",
      ],
    );
    assert.equal(report[0]!.norm, 5, "√(3² + 4²)");
  });

  it("refuses a round of which nothing is left, an address twice, and weights that overflow", () => {
    const sound = contribution(1, 1, [1]);
    assert.throws(() => average(), hasCode("LEARNING_NO_UPDATES"));
    for (const count of [0, -1, 1.5, 4_294_967_296, Number.NaN]) {
      assert.throws(() => average(contribution(1, count, [1])), hasCode("LEARNING_NO_UPDATES"));
    }
    assert.throws(() => average(sound, sound), hasCode("LEARNING_DUPLICATE_ADDRESS"));
    const edge = Array.from({ length: 21 }, (_, i) => contribution(i, 4_294_967_295, [1.8e19]));
    assert.deepEqual([...average(edge[0]!)], [fround(1.8e19)], "a sum of 7.7·10^28");
    const far = { ...contribution(1, 4_294_967_295, [1e30]), parameters: parametersOf([1e30]) };
    const base = parametersOf([1e30]);
    assert.throws(() => aggregate(FEDAVG, firstRound(base), [far]), hasCode("LEARNING_NOT_FINITE"));
  });
});
