import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seedOf } from "../engine/testing/programs.ts";
import { createBatchOrder } from "./batchOrder.ts";

/** The first `count` record numbers that a batch order gives. */
function draw(shard: readonly number[], batchSize: number, count: number, seed = 1): number[] {
  const next = createBatchOrder(Uint32Array.from(shard), seedOf(seed), batchSize);
  return Array.from({ length: Math.ceil(count / batchSize) }, () => [...next()])
    .flat()
    .slice(0, count);
}

describe("createBatchOrder", () => {
  const shard = [3, 14, 15, 92, 65, 35, 89];

  it("gives every record of the shard once an epoch, batches running across the borders", () => {
    const drawn = draw(shard, 4, 21);
    for (const from of [0, 7, 14]) {
      assert.deepEqual(
        drawn.slice(from, from + 7).sort((a, b) => a - b),
        [...shard].sort((a, b) => a - b),
      );
    }
    assert.notDeepEqual(drawn.slice(0, 7), drawn.slice(7, 14), "each epoch has an order of its own");
  });

  it("gives the same order whatever the batch size, and another for another seed", () => {
    assert.deepEqual(draw(shard, 4, 20), draw(shard, 5, 20));
    assert.notDeepEqual(draw(shard, 4, 20), draw(shard, 4, 20, 2));
  });

  it("begins with any step as if it had given those before", () => {
    for (const step of [0, 1, 2, 5, 9]) {
      const next = createBatchOrder(Uint32Array.from(shard), seedOf(1), 3, step);
      assert.deepEqual([...next(), ...next()], draw(shard, 3, 3 * (step + 2)).slice(3 * step), `step ${step}`);
    }
  });

  it("fills a batch larger than the shard", () => {
    assert.deepEqual(draw([5], 3, 3), [5, 5, 5]);
  });
});
