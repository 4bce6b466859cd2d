import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeParameters } from "../engine/checkpoint.ts";
import type { Parameters } from "../engine/tensor.ts";
import { seedOf } from "../engine/testing/programs.ts";
import { flatten, layoutOf, unflatten } from "../learning/aggregation/layout.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { smallJob } from "../learning/testing/jobs.ts";
import { weightedMean } from "../learning/weightedMean.ts";
import { lossOf } from "./publicLoss.ts";
import { findRepeats, type JudgedUpdate, roundWorth, type WorthJob } from "./roundWorth.ts";

const job = smallJob();
const { executor, base } = job;
const validation = createBlobs({ count: 120, seed: 9 });
const layout = layoutOf(base);
const publicRecords = { executor, validation, onPart: () => {} };

async function honest(seed: number): Promise<Parameters> {
  const { bytes } = await trainLocally({ ...job, seed: seedOf(seed) });
  return decodeParameters(bytes, executor.program);
}

function moved(update: Parameters, factor: number): Parameters {
  return new Map(
    [...update].map(([name, { shape, data }]) => {
      const origin = base.get(name)!.data;
      return [name, { shape, data: data.map((value, i) => origin[i]! + factor * (value - origin[i]!)) }];
    }),
  );
}

function judged(index: number, parameters: Parameters, isAccepted = true, weight = 10): JudgedUpdate {
  return { index, parameters, weight, isAccepted };
}

function worthOf(updates: readonly JudgedUpdate[], more: Partial<WorthJob> = {}) {
  return roundWorth({ executor, base, updates, validation, seed: seedOf(3), onPart: () => {}, ...more });
}

/** The definition, written down once more. */
function meanLoss(...updates: readonly JudgedUpdate[]): Promise<number> {
  const weighed = updates.map(({ parameters, weight }) => ({ values: flatten(layout, parameters), weight }));
  return lossOf(publicRecords, unflatten(layout, weightedMean(weighed)));
}

describe("roundWorth", () => {
  it("leaves each accepted update out once, and adds each refused one to all of them", async () => {
    const a = judged(1, await honest(1), true, 30);
    const b = judged(4, await honest(2));
    const reversed = judged(6, moved(a.parameters, -1), false);
    const { worth, method, ...found } = await worthOf([a, b, reversed]);
    assert.equal(method, "leaveOneOut");
    const whole = await meanLoss(a, b);
    assert.deepEqual([found.meanLoss, found.baseLoss], [whole, await lossOf(publicRecords, base)]);
    assert.equal(worth.get(1), -whole + (await meanLoss(b)));
    assert.equal(worth.get(4), -whole + (await meanLoss(a)));
    assert.equal(worth.get(6), whole - (await meanLoss(a, b, reversed)));
    assert.ok(worth.get(6)! < 0, "what goes back costs");
  });

  it("finds a single accepted update worth what it gained on the base", async () => {
    const { worth, baseLoss, meanLoss } = await worthOf([judged(9, await honest(1))]);
    assert.equal(worth.get(9), baseLoss - meanLoss);
    assert.ok(worth.get(9)! > 0);
  });

  it("samples above ten, the same for everybody who has the seed, and shares out about what the round gained", async () => {
    const updates: JudgedUpdate[] = [];
    for (let i = 0; i < 11; i++) updates.push(judged(i, await honest(i)));
    let last = 0;
    const { worth, method, baseLoss, meanLoss } = await worthOf(updates, {
      onValued(valued, most) {
        assert.ok(valued <= most, `${valued} of ${most}`);
        last = valued;
      },
    });
    assert.equal(method, "sampledShapley");
    assert.ok(last > 12);
    const sum = [...worth.values()].reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(sum - (baseLoss - meanLoss)) <= 0.001 + 1e-9, `${sum} of ${baseLoss - meanLoss}`);
    assert.deepEqual((await worthOf(updates)).worth, worth);
    assert.notDeepEqual((await worthOf(updates, { seed: seedOf(4) })).worth, worth);
  });

  it("measures nothing of weights whose outputs overflow, and leaves the others their worth", async () => {
    const [a, b] = [judged(0, await honest(1)), judged(1, await honest(2))];
    const huge = judged(2, moved(a.parameters, 1e36), false);
    const { worth } = await worthOf([a, b, huge]);
    assert.ok(!Number.isFinite(worth.get(2)));
    assert.equal(worth.get(0), (await worthOf([a, b])).worth.get(0));
  });

  it("ends where it is told to", async () => {
    const onValued = (): void => {
      throw new RangeError("enough");
    };
    await assert.rejects(worthOf([judged(0, await honest(1))], { onValued }), RangeError);
  });
});

describe("findRepeats", () => {
  it("finds the earliest update that a suspect repeats, and nothing of whom nobody suspects", async () => {
    const [a, b] = [await honest(1), await honest(2)];
    const updates = [
      { index: 5, parameters: a },
      { index: 3, parameters: moved(a, 1.1) },
      { index: 0, parameters: moved(a, 0.9) },
      { index: 8, parameters: moved(b, -1) },
    ];
    const found = await findRepeats({ base, updates, isSuspect: (index) => index !== 3, onPart: () => {} });
    assert.deepEqual([...found.keys()], [0]);
    assert.equal(found.get(0)!.index, 5, "the first committed, not the lowest or the nearest");
    assert.ok(Math.abs(found.get(0)!.cosine - 1) < 1e-6);
  });
});
