import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { summariseGas } from "./gasUse.ts";

describe("summariseGas", () => {
  it("takes median and maximum of what went through, and counts what reverted", () => {
    const calls = [
      { kind: "openRound", gas: 149_000, reverted: false },
      { kind: "openRound", gas: 30_000, reverted: true },
      { kind: "advance", gas: 100, reverted: false },
      { kind: "advance", gas: 300, reverted: false },
    ];
    assert.deepEqual(summariseGas(calls), {
      advance: { count: 2, median: 200, max: 300, reverted: 0 },
      openRound: { count: 1, median: 149_000, max: 149_000, reverted: 1 },
    });
  });

  it("gives zeros for a kind that only ever reverted", () => {
    const use = summariseGas([{ kind: "advance", gas: 30_000, reverted: true }]);
    assert.deepEqual(use, { advance: { count: 0, median: 0, max: 0, reverted: 1 } });
  });
});
