import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OUTCOMES, type Outcome } from "./game.ts";
import { isBondLost } from "./outline.ts";

describe("a game's bond", () => {
  const lostBy = (isInAnothersPlace: boolean): Outcome[] =>
    OUTCOMES.filter((outcome) => outcome !== "None" && isBondLost(outcome, isInAnothersPlace));

  it("is lost by a challenger whose challenge is, however it ended", () => {
    assert.deepEqual(lostBy(false), ["Upheld", "ChallengerLate", "Defended"]);
  });

  it("is lost by who stood in for another and did not win", () => {
    assert.deepEqual(lostBy(true), ["Disproven", "DefenderLate"]);
  });
});
