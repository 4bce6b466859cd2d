import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Parameters } from "../engine/tensor.ts";
import { aggregate } from "./aggregate.ts";
import { firstRound } from "./aggregation/round.ts";
import { LearningError } from "./errors.ts";
import { type CohortVersion, type Merge, openMerge } from "./mergeVersions.ts";

const { fround } = Math;

const tensor = (values: readonly number[]): Parameters =>
  new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
const weightsOf = ({ parameters }: { readonly parameters: Parameters }): number[] => [...parameters.get("w")!.data];

function merge(versions: readonly CohortVersion[], size = 1): Merge {
  const merging = openMerge(tensor(Array(size).fill(0)));
  for (const version of versions) merging.add(version);
  return merging.finish();
}

const version = (cohort: number, samples: number, values: readonly number[]): CohortVersion => {
  return { cohort, samples, parameters: tensor(values) };
};

describe("openMerge", () => {
  it("weighs by samples: (1·2 + 3·6) / 4 = 5", () => {
    const merged = merge([version(0, 1, [2]), version(1, 3, [6])]);
    assert.deepEqual([weightsOf(merged), merged.cohorts], [[5], [0, 1]]);
  });

  it("rounds every product, every sum and the quotient, in the order of the cohorts", () => {
    const [a, b, c] = [fround(0.1), fround(1e8 + 8), fround(-1e8)];
    const sum = fround(fround(fround(0 + fround(3 * a)) + fround(5 * b)) + fround(5 * c));
    const merged = merge([version(0, 3, [a]), version(4, 5, [b]), version(9, 5, [c])]);
    assert.deepEqual(weightsOf(merged), [fround(sum / 13)]);
    assert.notEqual(fround(sum / 13), fround((3 * a + 5 * b + 5 * c) / 13), "the order of roundings shows");
  });

  it("of two cohorts of equal weight is the mean of their means, as fedavg makes those", () => {
    const updates = [
      [0.1, -7.25],
      [0.7, 3.5],
      [1 / 3, 1e-7],
      [-2.2, 0.03],
    ];
    const meanOf = (own: readonly (readonly number[])[]): Parameters => {
      const given = own.map((values, i) => {
        return { address: `0x${`${i + 1}a`.repeat(20)}`, sampleCount: 16, parameters: tensor(values) };
      });
      return aggregate({ kind: "fedavg" }, firstRound(tensor([0, 0])), given).parameters;
    };
    const [left, right] = [meanOf(updates.slice(0, 2)), meanOf(updates.slice(2))];
    const versions = [left, right].map((parameters, cohort) => ({ cohort, samples: 32, parameters }));
    const byHand = [0, 1].map((i) => {
      const [l, r] = [left, right].map((mean) => mean.get("w")!.data[i]!) as [number, number];
      return fround(fround(fround(32 * l) + fround(32 * r)) / 64);
    });
    assert.deepEqual(weightsOf(merge(versions, 2)), byHand);
    const cohortsAsTrainers = [left, right].map((parameters, i) => {
      return { address: `0x${`${i}0`.repeat(20)}`, sampleCount: 32, parameters };
    });
    const asRound = aggregate({ kind: "fedavg" }, firstRound(tensor([0, 0])), cohortsAsTrainers);
    assert.deepEqual(weightsOf(merge(versions, 2)), weightsOf(asRound), "section 13's arithmetic");
  });

  it("leaves out what is no version of the model, has no samples, or overflows, and counts only the rest", () => {
    const merged = merge([
      { cohort: 0, samples: 8, parameters: undefined },
      version(1, 0, [9]),
      version(2, 4, [1, 2]),
      version(3, 1, [3e19]), // its square is above the largest binary32
      version(4, 7, [Number.NaN]),
      version(5, 6, [2.5]),
    ]);
    assert.deepEqual([weightsOf(merged), merged.cohorts], [[2.5], [5]]);
  });

  it("never overflows with what it lets in: 256 of the largest weights with the largest counts", () => {
    const largest = fround(1.8e19); // just below the root of the largest binary32
    const counts = 256 * (2 ** 32 - 1);
    const versions = Array.from({ length: 256 }, (_, cohort) => version(cohort, counts, [largest]));
    const merged = merge(versions);
    assert.equal(merged.cohorts.length, 256);
    assert.ok(Math.abs(weightsOf(merged)[0]! / largest - 1) < 1e-4);
  });

  it("refuses to make a version of nothing, and cohorts out of order", () => {
    assert.throws(
      () => merge([{ cohort: 0, samples: 1, parameters: undefined }]),
      (error: unknown) => error instanceof LearningError && error.code === "LEARNING_NO_UPDATES",
    );
    assert.throws(() => merge([version(1, 1, [1]), version(1, 1, [1])]), RangeError);
  });
});
