import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batchesCloseAt, ownTurnAt } from "./relayRound.ts";

describe("ownTurnAt", () => {
  it("waits for the last batch where a quarter of the phase is time enough", () => {
    for (const commitSeconds of [144, 145, 300, 86_400]) {
      assert.equal(ownTurnAt(1_000_000, commitSeconds), batchesCloseAt(1_000_000, commitSeconds), `${commitSeconds}`);
    }
  });

  it("leaves 36 seconds in shorter phases, or half of them", () => {
    assert.deepEqual(
      [ownTurnAt(1_000, 143), ownTurnAt(1_000, 72), ownTurnAt(1_000, 60), ownTurnAt(1_000, 1)],
      [964, 964, 970, 1_000],
    );
  });
});

describe("batchesCloseAt", () => {
  it("rounds as the contract does: the last quarter, rounded down", () => {
    assert.deepEqual(
      [batchesCloseAt(1_000, 60), batchesCloseAt(1_000, 63), batchesCloseAt(1_000, 3)],
      [985, 985, 1_000],
    );
  });
});
