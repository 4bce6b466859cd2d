import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hear } from "./hear.ts";

const ADDRESS = "0xA11ce00000000000000000000000000000000001";

describe("hear", () => {
  it("adds the speaker to what it says", () => {
    const line = JSON.stringify({
      time: "2026-01-01T00:00:00Z",
      event: "trained",
      task: "1",
      round: 2,
      seconds: 0.5,
      cpuSeconds: 0.4,
    });
    assert.deepEqual(hear(line, ADDRESS), {
      type: "trained",
      address: ADDRESS,
      round: 2,
      seconds: 0.5,
      cpuSeconds: 0.4,
    });
  });

  it("hears nothing of other tasks, and troubles of all", () => {
    const of = (task: string) => JSON.stringify({ event: "evaluated", task, round: 1, accuracy: 0.5, loss: 1 });
    assert.equal(hear(of("1"), ADDRESS, "1")?.type, "evaluated");
    assert.equal(hear(of("2"), ADDRESS, "1"), undefined);
    assert.equal(hear(JSON.stringify({ event: "error", code: "X", message: "y" }), ADDRESS, "1")?.type, "trouble");
  });

  it("keeps the reason of a replay that did not match", () => {
    const said = {
      event: "replayed",
      round: 1,
      trainer: ADDRESS,
      index: 3,
      match: false,
      reason: "digest",
      seconds: 0.2,
      cpuSeconds: 0.1,
    };
    assert.deepEqual(hear(JSON.stringify(said), ADDRESS), {
      type: "replayed",
      address: ADDRESS,
      round: 1,
      index: 3,
      match: false,
      reason: "digest",
      seconds: 0.2,
      cpuSeconds: 0.1,
    });
  });

  it("hears a dispute's moves in words, and its end", () => {
    const place = { round: 1, about: "update", game: "2", side: "challenger" };
    const moved = {
      ...{
        event: "disputeMoved",
        ...place,
        trainer: ADDRESS,
        by: "challenger",
        move: 19,
        stage: "Settle",
        of: "instructions",
      },
      ...{ low: 353, high: 354, step: 125, operation: "layers.1, matmul", element: 7 },
      ...{ own: 6.1, instruction: "0.1 + 2 × 3 = 6.1", multiplyAdd: 32 },
    };
    const heard = { type: "disputeMoved", address: ADDRESS, ...place, claimant: ADDRESS };
    const text = "challenger picks step 125, layers.1, matmul[7], multiply-add 32: 0.1 + 2 × 3 = 6.1";
    assert.deepEqual(hear(JSON.stringify(moved), ADDRESS), { ...heard, opens: false, text });
    const changed = [
      { of: "x" },
      { by: "x" },
      { low: "1" },
      { side: "x" },
      { stage: 3 },
      { game: "x" },
      { trainer: 1 },
    ];
    for (const changes of changed) {
      assert.equal(hear(JSON.stringify({ ...moved, ...changes }), ADDRESS), undefined, JSON.stringify(changes));
    }
    const ended = {
      event: "disputeEnded",
      ...place,
      trainer: ADDRESS,
      outcome: "Disproven",
      takenWei: "20",
      moves: 20,
    };
    const end = { ...heard, type: "disputeEnded", outcome: "Disproven", takenWei: 20n, moves: 20 };
    assert.deepEqual(hear(JSON.stringify(ended), ADDRESS), end);
    assert.equal(hear(JSON.stringify({ ...ended, outcome: "Won" }), ADDRESS), undefined);
  });

  it("hears what a dispute about an aggregate is of, and whose it is", () => {
    const place = { round: 1, about: "aggregate", game: "1", side: "challenger" };
    const said = { event: "disputeMoved", ...place, proposer: ADDRESS, by: "challenger", move: 0, stage: "Answer" };
    const opened = { ...said, of: "tensors", low: 0, high: 4, weights: [600, 599] };
    const text = "challenger disputes the mean of 2 updates by 600 + 599 records, tensors 1 to 4";
    const heard = { type: "disputeMoved", address: ADDRESS, ...place, claimant: ADDRESS, opens: true, text };
    assert.deepEqual(hear(JSON.stringify(opened), ADDRESS), heard);
    const ended = {
      event: "disputeEnded",
      ...place,
      proposer: ADDRESS,
      outcome: "Disproven",
      takenWei: "20",
      moves: 9,
    };
    assert.deepEqual(hear(JSON.stringify(ended), ADDRESS), {
      ...{ type: "disputeEnded", address: ADDRESS, ...place, claimant: ADDRESS },
      ...{ outcome: "Disproven", takenWei: 20n, moves: 9 },
    });
  });

  it("hears a node's error", () => {
    const said = { event: "error", code: "CHAIN_TIMEOUT", message: "no answer" };
    const heard = { type: "trouble", address: ADDRESS, code: "CHAIN_TIMEOUT", message: "no answer" };
    assert.deepEqual(hear(JSON.stringify(said), ADDRESS), heard);
  });

  it("passes over prose, broken lines, other events and figures that are none", () => {
    const lines = ["hello", "{", "{}", "null", '{"event":"phase","round":1}', '{"event":"trained","round":"1"}'];
    for (const line of lines) assert.equal(hear(line, ADDRESS), undefined, line);
  });
});
