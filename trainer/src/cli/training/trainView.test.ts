import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Paint } from "../output.ts";
import { widthOf } from "../terminalView.ts";
import { createTrainTracker, type TrainFacts } from "./trainState.ts";
import { trainView } from "./trainView.ts";

const paint: Paint = (_, text) => text;

const FACTS: TrainFacts = {
  ...{ data: "mnist", architecture: "lenet5", optimiser: "sgd", parameterCount: 61_706, batchSize: 32 },
  ...{ engine: "native AVX2, 2 threads", steps: 12_000, epochSteps: 1_875, from: 0, patience: 5, hasAccuracy: true },
  learningRateAt: () => 0.05,
};

/** A run of `steps` steps of 10 ms, evaluated every 100. */
function stateAfter(steps: number, facts = FACTS) {
  const tracker = createTrainTracker(facts, 0);
  for (let step = 1; step <= steps; step++) {
    tracker.stepped(step, 2.3 / step, 10 * step);
    if (step % 100 !== 0) continue;
    const accuracy = facts.hasAccuracy ? 1 - 1 / step : undefined;
    const best = { step, loss: 2 / step };
    const evaluation = { accuracy, loss: 2 / step, confusion: undefined };
    tracker.evaluated(step, evaluation, { best, waited: 0, evaluatedStep: step }, 10 * step);
    tracker.saved(step, 10 * step);
  }
  return tracker.state();
}

describe("trainView", () => {
  for (const [columns, rows] of [
    [40, 10],
    [60, 14],
    [80, 24],
    [120, 40],
    [300, 90],
  ] as const) {
    for (const steps of [0, 1, 99, 4_321]) {
      it(`fits ${columns}×${rows} after ${steps} steps`, () => {
        const lines = trainView(stateAfter(steps), { columns, rows, paint, phase: "training" });
        assert.ok(lines.length < rows, `${lines.length} lines`);
        for (const line of lines) assert.ok(widthOf(line) < columns, line);
      });
    }
  }

  it("shows how far it is, how fast, how well, and how to stop", () => {
    const text = trainView(stateAfter(3_000), { columns: 120, rows: 30, paint, phase: "training" }).join("\n");
    for (const part of [
      "mnist · lenet5 · 61,706 parameters · sgd · batches of 32",
      "native AVX2, 2 threads",
      "step  3,000 of 12,000",
      "25 % · epoch 1.6 · 1 min 30 s left",
      "validation accuracy",
      "accuracy 99.97 %",
      "best 6.67e-4 at 3,000 · waited 0 of 5",
      "3,200 samples/s · learning rate 0.05 · Ctrl-C stops and keeps it · checkpoint at 3,000",
    ])
      assert.ok(text.includes(part), `${part} in\n${text}`);
  });

  it("says when it validates, finishes and is over", () => {
    const tracker = createTrainTracker(FACTS, 0);
    tracker.stepped(1, 1, 1);
    tracker.evaluating(0.4);
    const frame = { columns: 80, rows: 24, paint };
    const text = trainView(tracker.state(), { ...frame, phase: "finishing" }).join("\n");
    assert.ok(text.includes("validating 40 %") && text.includes("finishing this step"), text);
    assert.doesNotMatch(trainView(tracker.state(), { ...frame, phase: "over" }).join("\n"), /Ctrl-C|finishing/);
  });

  it("gives losses the whole width where there is no accuracy", () => {
    const lines = trainView(stateAfter(500, { ...FACTS, hasAccuracy: false }), {
      ...{ columns: 80, rows: 24, paint },
      phase: "training",
    });
    assert.ok(!lines.join("\n").includes("accuracy"));
    assert.ok(lines.some((line) => line.endsWith("500") && line.length > 70));
  });
});
