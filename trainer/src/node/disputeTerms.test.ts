import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDataset } from "../data/dataset.ts";
import type { Json } from "../protocol/canonicalJson.ts";
import type { TrainingPlan } from "../protocol/plan.ts";
import { disputeTerms, undisputable } from "./disputeTerms.ts";

const CLASSES = 2;

/** Images of so many pixels a side, of three channels. */
function workOf(side: number, layers: readonly Json[]) {
  const shape = [side, side, 3];
  const description = { name: "blank", source: "made", licence: "CC0-1.0", classNames: ["0", "1"] };
  const count = 4;
  const pixels = new Uint8Array(count * side * side * 3);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  const dataset = createDataset(description, { shape, pixels, labels, trainCount: 3 });
  const { name, recordsRoot, inputShape } = dataset.manifest;
  const plan: TrainingPlan = {
    schema: "cairn/plan/v1",
    architecture: { input: [...inputShape], layers: [...layers], loss: "softmaxCrossEntropy" },
    optimiser: { type: "sgd", learningRate: 0.1, momentum: 0 },
    ...{ batchSize: 1, localSteps: 2, traceStride: 1 },
    data: { name, recordsRoot, partition: { kind: "iid" }, shards: 1, partitionSeed: `0x${"01".repeat(32)}` },
    aggregation: { kind: "fedavg" },
  };
  return { plan, dataset };
}

const OUT = [{ type: "flatten" }, { type: "dense", units: CLASSES }];

/** Dropout in layers nested as deep as `places` is long, at these places. */
function nested(places: readonly number[]): Json {
  const [place, ...rest] = places;
  if (place === undefined) return { type: "dropout", rate: 0.5 };
  return { type: "residual", layers: [...Array(place).fill({ type: "relu" }), nested(rest)] };
}

describe("disputeTerms", () => {
  it("are none where a record does not fit the transaction that would prove it", () => {
    const [small, large] = [workOf(181, OUT), workOf(182, OUT)];
    assert.deepEqual([small.dataset.manifest.recordBytes, large.dataset.manifest.recordBytes], [98_284, 99_373]);
    assert.equal(undisputable(small.plan, small.dataset.manifest), undefined);
    assert.match(undisputable(large.plan, large.dataset.manifest)!, /fit no transaction/);
    assert.equal(disputeTerms(large), undefined);
  });

  it("are none where the chain would refuse the name of a stream", () => {
    const [longer, refused] = [
      [0, 10, 10, 10, 10],
      [0, 0, 10, 10, 10],
    ].map((places) => workOf(4, [nested(places), ...OUT]));
    assert.deepEqual(disputeTerms(longer!)?.streams, [
      "batch-order",
      "dropout/layers.0.layers.0.layers.10.layers.10.layers.10.layers.10",
    ]);
    assert.equal(disputeTerms(refused!), undefined);
  });
});
