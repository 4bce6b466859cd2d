import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode, testStream } from "../../engine/testing/programs.ts";
import { addressOf, play, weightsOf } from "./testing/rounds.ts";

/** Without momentum, cap and buckets: the rule alone. */
const BARE = { workerMomentum: 0, normCap: false };
const { fround } = Math;

function apply(rule: object, ...updates: readonly (readonly number[])[]): number[] {
  return weightsOf(play({ rule: { ...BARE, ...rule }, updates }));
}

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${actual} is not ${expected}`);
  }
}

describe("median and trimmedMean", () => {
  it("take the middle of every coordinate; of an even count the middle two", () => {
    assert.deepEqual(apply({ kind: "median" }, [1, 9], [5, -3], [100, 4]), [5, 4]);
    assert.deepEqual(apply({ kind: "median" }, [1], [5], [100], [2]), [3.5]);
  });

  it("leave out the lowest and highest f of every coordinate", () => {
    assert.deepEqual(apply({ kind: "trimmedMean", byzantine: 1 }, [1], [2], [6], [1e15]), [4]);
  });

  it("give the same whether a column is sorted by insertion or by the engine's sort", () => {
    const stream = testStream("columns");
    const values = Array.from({ length: 61 }, () => [stream.nextFloat() - 0.5, stream.nextFloat()]);
    const sorted = values.map(([first]) => fround(first!)).sort((left, right) => left - right);
    assert.equal(apply({ kind: "median" }, ...values)[0], sorted[30]);
    assert.equal(apply({ kind: "median" }, ...values.slice(0, 31))[0], middle(values.slice(0, 31).map(([x]) => x!)));
  });
});

function middle(values: readonly number[]): number {
  return values.map(fround).sort((left, right) => left - right)[(values.length - 1) / 2]!;
}

describe("krum, multiKrum and bulyan", () => {
  const cluster = [[0], [1], [2], [3], [4.5]]; // nearest n − f − 2 = 2 neighbours: 5, 2, 2, 3.25, …
  const far = [50];

  it("krum takes the update with the nearest neighbours, the lower address of equal ones", () => {
    assert.deepEqual(apply({ kind: "krum", byzantine: 2 }, ...cluster, far, far), [1]);
  });

  it("multiKrum averages the n − f best", () => {
    near(apply({ kind: "multiKrum", byzantine: 2 }, ...cluster, far, far), [(0 + 1 + 2 + 3 + 4.5) / 5]);
  });

  it("bulyan averages what is around the median of those that krum chose", () => {
    const updates = [...cluster, [1.5], [2.5], [1e6]]; // n = 8, f = 1: 6 chosen, the 4 nearest to their median
    const [value] = apply({ kind: "bulyan", byzantine: 1 }, ...updates);
    assert.ok(value! > 1 && value! < 3, `${value}`);
  });

  it("refuse fewer updates than their theorems need: 2f + 1, 2f + 3, 4f + 3", () => {
    const few = (count: number) => Array.from({ length: count }, (_, i) => [i]);
    const limits = { trimmedMean: 5, krum: 7, multiKrum: 7, bulyan: 11 };
    for (const [kind, limit] of Object.entries(limits)) {
      const rule = { kind, byzantine: 2 };
      assert.throws(() => apply(rule, ...few(limit - 1)), hasCode("LEARNING_TOO_FEW_UPDATES"), kind);
      assert.doesNotThrow(() => apply(rule, ...few(limit)), kind);
    }
  });
});

describe("geometricMedian", () => {
  it("goes to the point with the least sum of distances: the corner of an obtuse triangle", () => {
    near(apply({ kind: "geometricMedian", iterations: 100 }, [-10, 1], [0, 0], [10, 1]), [0, 0], 0.05);
  });
});

describe("centeredClipping", () => {
  it("clips differences to the centre at the radius: (1 + 2 + 2 + 2) / 4 from 0", () => {
    const rule = { kind: "centeredClipping", iterations: 1, radius: 2 };
    assert.deepEqual(apply(rule, [1], [2], [4], [1e15]), [1.75]);
  });

  it("goes on from the last aggregate", () => {
    const rule = { ...BARE, kind: "centeredClipping", iterations: 1, radius: 1 };
    const first = play({ rule, updates: [[8], [8]] }); // 0 + 1
    const second = play({ rule, base: [1], updates: [[9], [9]], state: first.state }); // around 1: 1 + 1
    assert.deepEqual(weightsOf(first), [1]);
    assert.deepEqual(weightsOf(second), [3]);
  });

  it("without a radius clips at the lower median of the distances: (1 + 2 + 2 + 2) / 4", () => {
    assert.deepEqual(apply({ kind: "centeredClipping", iterations: 1 }, [1], [2], [-40], [80]), [(1 + 2 - 2 + 2) / 4]);
  });
});

describe("fltrust", () => {
  const rule = { ...BARE, kind: "fltrust" };
  it("weighs by the cosine to the root's update and gives all its length, by hand", () => {
    // g = (2, 0): [1, 0] counts 1, [0, 5] counts 0, [−9, 0] counts 0, [3, 4] counts 0.6 with length 2: (1.2, 1.6)
    const result = play({
      rule,
      root: [2, 0],
      updates: [
        [1, 0],
        [0, 5],
        [-9, 0],
        [3, 4],
      ],
    });
    near(weightsOf(result), [(2 + 0.6 * 1.2) / 1.6, (0.6 * 1.6) / 1.6]);
  });

  it("says so when nobody points where the root does, and when there is no root", () => {
    assert.throws(
      () =>
        play({
          rule,
          root: [1, 0],
          updates: [
            [-1, 0],
            [0, 0],
          ],
        }),
      hasCode("LEARNING_NONE_TRUSTED"),
    );
    assert.throws(() => play({ rule, updates: [[1, 0]] }), hasCode("LEARNING_ROOT_MISSING"));
  });
});

describe("what comes before a robust rule", () => {
  it("keeps momentum a trainer: β·m + (1 − β)·Δ, and Δ alone for one that is new or was away", () => {
    const rule = { kind: "mean", workerMomentum: 0.5, normCap: false };
    const first = play({ rule, updates: [[4], [8]] });
    const second = play({ rule, updates: [[0], [0], [6]], state: first.state }); // 2, 4, 6
    assert.deepEqual(weightsOf(second), [4]);
    const third = play({ rule, updates: [[1]], state: second.state }); // ½·2 + ½·1
    assert.deepEqual(weightsOf(third), [1.5]);
    assert.deepEqual(
      [...third.state.keys()],
      [`age.${addressOf(1)}`, `momentum.${addressOf(1)}`],
      "who was away is forgotten",
    );
  });

  it("takes the mean of a trainer's rounds until momentum is longer: ¾ begins at the fourth", () => {
    const rule = { kind: "mean", workerMomentum: 0.75, normCap: false };
    let { state } = play({ rule, updates: [[12]] });
    const seen: number[] = [];
    for (const change of [0, 0, 0, 0]) {
      const result = play({ rule, updates: [[change]], state });
      seen.push(weightsOf(result)[0]!);
      ({ state } = result);
    }
    near(seen, [6, 4, 3, 2.25]);
  });

  it("caps at the lower median of the norms: one huge update counts as a usual one", () => {
    const rule = { kind: "mean", workerMomentum: 0, normCap: true };
    near(
      weightsOf(
        play({
          rule,
          updates: [
            [1, 0],
            [2, 0],
            [0, 1e9],
          ],
        }),
      ),
      [1, 2 / 3],
    );
  });

  it("goes on with momentum that is not capped, so that who was far off stays so as long as the others remember", () => {
    const rule = { kind: "mean", workerMomentum: 0.5, normCap: true };
    const { state } = play({ rule, updates: [[1], [1], [-8]] });
    assert.deepEqual([...state.get(`momentum.${addressOf(3)}`)!.data], [-8]);
    near(weightsOf(play({ rule, updates: [[1], [1], [1]], state })), [(1 + 1 - 1) / 3]); // ½·(−8) + ½·1, capped at 1
  });

  it("caps by the medians of five rounds, so that one round of huge updates moves nothing", () => {
    const rule = { kind: "mean", workerMomentum: 0, normCap: true };
    let { state } = play({ rule, updates: [[1]] });
    for (let round = 0; round < 2; round++) ({ state } = play({ rule, updates: [[1]], state }));
    const flooded = play({ rule, updates: [[1e6], [1e6], [1]], state });
    near(weightsOf(flooded), [1]);
    assert.deepEqual([...flooded.state.get("medianNorms")!.data], [1, 1, 1, 1e6]);
  });

  it("deals buckets by the seed after the cap", () => {
    const rule = { kind: "median", workerMomentum: 0, normCap: true, bucketSize: 2 };
    const updates = [[1], [-1], [1], [-1], [1e9], [1]];
    const of = (byte: number) => weightsOf(play({ rule, updates, seed: new Uint8Array(32).fill(byte) }))[0]!;
    const results = Array.from({ length: 12 }, (_, byte) => of(byte));
    assert.ok(results.every((value) => Math.abs(value) <= 1));
    assert.ok(new Set(results).size > 1, "the seed decides");
    assert.equal(of(3), results[3]);
  });
});

describe("every robust rule", () => {
  const rules = ["median", "trimmedMean", "multiKrum", "bulyan", "geometricMedian", "centeredClipping"].map((kind) => ({
    kind,
    ...(kind === "geometricMedian" ? { iterations: 60 } : {}), // from the mean, 10^14 away, it takes a while
    ...(["trimmedMean", "multiKrum", "bulyan"].includes(kind) ? { byzantine: 2 } : {}),
  }));
  const honest = Array.from({ length: 10 }, (_, i) => [1 + i / 100, -1 - i / 100, 0.5]);

  for (const rule of rules) {
    it(`${rule.kind} stays with the honest when two of twelve send 10^15`, () => {
      const value = apply(rule, ...honest, [1e15, 1e15, 1e15], [-1e15, 1e15, -1e15]);
      assert.ok(Math.abs(value[0]! - 1.05) < 0.3 && Math.abs(value[1]! + 1.05) < 0.3, `${value}`);
    });
  }

  it("is the only kind that does: the mean goes with them", () => {
    assert.ok(Math.abs(apply({ kind: "mean" }, ...honest, [1e15, 1e15, 1e15], [1e15, 1e15, 1e15])[0]!) > 1e13);
  });

  it("refuses a state that is not of this model", () => {
    const state = new Map([["centre", { shape: [3], data: new Float32Array(3) }]]);
    const rule = { kind: "centeredClipping" };
    assert.throws(() => play({ rule, updates: [[1]], state }), hasCode("LEARNING_STATE_MISMATCH"));
    const poisoned = new Map([["centre", { shape: [1], data: Float32Array.of(Number.NaN) }]]);
    assert.throws(() => play({ rule, updates: [[1]], state: poisoned }), hasCode("LEARNING_STATE_MISMATCH"));
  });
});
