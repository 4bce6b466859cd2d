import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeParameters } from "../engine/checkpoint.ts";
import type { Parameters } from "../engine/tensor.ts";
import { seedOf } from "../engine/testing/programs.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { smallJob } from "../learning/testing/jobs.ts";
import { scoreUpdates } from "./score.ts";

const job = smallJob();
const { executor, base } = job;
const validation = createBlobs({ count: 120, seed: 9 });

/** What honest trainers with seeds of their own make of the base. */
async function honest(count: number): Promise<Parameters[]> {
  const updates: Parameters[] = [];
  for (let seed = 1; seed <= count; seed++) {
    const { bytes } = await trainLocally({ ...job, seed: seedOf(seed) });
    updates.push(decodeParameters(bytes, executor.program));
  }
  return updates;
}

function changed(parameters: Parameters, change: (value: number, start: number) => number): Parameters {
  return new Map(
    [...parameters].map(([name, { shape, data }]) => {
      const origin = base.get(name)!.data;
      return [name, { shape, data: data.map((value, i) => change(value, origin[i]!)) }];
    }),
  );
}

function score(updates: readonly Parameters[], onPart: () => void = () => {}) {
  return scoreUpdates({ executor, base, updates, validation, seed: seedOf(3), onPart });
}

describe("scoreUpdates", () => {
  it("accepts what helps and refuses the reverse of it, whatever the order", async () => {
    const [first, second, third] = await honest(3);
    const reversed = changed(first!, (value, start) => start - (value - start));
    for (const updates of [
      [first!, second!, third!, reversed],
      [reversed, third!, second!, first!],
    ]) {
      const scores = await score(updates);
      const accepted = updates.filter((_, i) => scores[i]!.isAccepted);
      assert.deepEqual(
        accepted,
        updates.filter((update) => update !== reversed),
      );
      assert.equal(scores[updates.indexOf(reversed)]!.reason, "noGain");
    }
  });

  it("refuses an update many times as long as the others, which would outweigh them, however good its direction", async () => {
    const [first, second, third] = await honest(3);
    const scaled = changed(third!, (value, start) => start + 20 * (value - start));
    const scores = await score([first!, second!, scaled]);
    assert.deepEqual(
      scores.map(({ reason }) => reason),
      [undefined, undefined, "norm"],
    );
  });

  it("refuses weights whose outputs overflow, and scores the others as if it were not there", async () => {
    const updates = await honest(2);
    const alone = await score(updates);
    const huge = changed(base, () => 3e38);
    const three = await score([...updates, huge, huge, huge, huge, huge]); // a majority, so that their norm is the usual one
    assert.deepEqual(three.slice(0, 2), alone);
    assert.ok(three.slice(2).every(({ isAccepted, reason }) => !isAccepted && reason !== undefined));
  });

  it("refuses a base sent back unchanged while training still helps", async () => {
    const updates = await honest(3);
    const [lazy] = (await score([changed(base, (value) => value), ...updates])).slice(0, 1);
    assert.deepEqual([lazy!.isAccepted, lazy!.reason], [false, "noGain"]);
  });

  it("gives the same scores to everybody, and takes none for nothing", async () => {
    const updates = await honest(3);
    assert.deepEqual(await score(updates), await score(updates));
    assert.deepEqual(await score([]), []);
  });

  it("ends where it is told to", async () => {
    const reason = new Error("late");
    const updates = await honest(1);
    await assert.rejects(
      score(updates, () => {
        throw reason;
      }),
      reason,
    );
  });
});
