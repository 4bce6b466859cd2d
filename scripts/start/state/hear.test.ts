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
