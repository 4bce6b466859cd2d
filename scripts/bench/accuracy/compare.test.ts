/** Tests of the judgement over two results. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeOutcomes, judge, renderRow } from "./compare.ts";

const outcome = (accuracy: number, loss = 1): { accuracy: number; loss: number } => ({ accuracy, loss });

describe("judge", () => {
  it("holds our accuracy to a fixed goal without PyTorch", () => {
    const goal = { kind: "accuracyAtLeast", share: 0.983 } as const;
    assert.equal(judge({ goal, ours: [outcome(0.983)], torch: [] }).isMet, true);
    assert.equal(judge({ goal, ours: [outcome(0.9825)], torch: [outcome(0.9)] }).isMet, false);
  });

  it("compares the means of the accuracies over the seeds", () => {
    const goal = { kind: "accuracyWithin", share: 0.005 } as const;
    const torch = [outcome(0.6), outcome(0.62)];
    const met = judge({ goal, ours: [outcome(0.63), outcome(0.6)], torch });
    assert.deepEqual(met, { isMet: true, sentence: "they differ by 0.50 points, the goal is at most 0.50 points" });
    assert.equal(judge({ goal, ours: [outcome(0.63), outcome(0.601)], torch }).isMet, false);
  });

  it("compares losses relative to PyTorch's", () => {
    const goal = { kind: "lossWithin", share: 0.01 } as const;
    assert.equal(judge({ goal, ours: [outcome(0.5, 1.615)], torch: [outcome(0.5, 1.6)] }).isMet, true);
    assert.equal(judge({ goal, ours: [outcome(0.5, 1.58)], torch: [outcome(0.5, 1.6)] }).isMet, false);
  });

  it("doesn't judge a comparison without the other side", () => {
    assert.equal(judge({ goal: { kind: "lossWithin", share: 1 }, ours: [outcome(1)], torch: [] }).isMet, undefined);
  });
});

describe("describeOutcomes", () => {
  it("names the mean, and each seed's accuracy where there are several", () => {
    assert.equal(describeOutcomes([outcome(0.984, 0.05)]), "accuracy 98.40 %, loss 0.0500");
    assert.equal(describeOutcomes([outcome(0.5), outcome(0.6)]), "accuracy 55.00 % (50.00 %, 60.00 %), loss 1.0000");
  });
});

describe("renderRow", () => {
  it("puts both results and the judgement into one row", () => {
    const goal = { kind: "lossWithin", share: 0.01 } as const;
    const row = renderRow("text", { goal, ours: [outcome(0.5, 1.61)], torch: [outcome(0.5, 1.6)] });
    const [ours, torch] = ["accuracy 50.00 %, loss 1.6100", "accuracy 50.00 %, loss 1.6000"];
    assert.equal(row, `| text | ${ours} | ${torch} | ✔ they differ by 0.63 %, the goal is at most 1.00 % |`);
  });
});
