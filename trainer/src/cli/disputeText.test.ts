import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Standing } from "../audit/dispute/outline.ts";
import { moveText } from "./disputeText.ts";

const LAST: Omit<Standing, "stage"> = { of: "instructions", low: 15, high: 16, tensor: 1, operation: "b", element: 0 };

describe("moveText", () => {
  it("tells a pick from a run that the claimant lost, though both are the challenger's", () => {
    const said = (stage: Standing["stage"]): string => moveText({ ...LAST, stage, by: "challenger", move: 9 });
    assert.equal(said("Pick"), "challenger picks b[0], instruction 16");
    assert.equal(said("Answer"), "the chain runs it, and the challenger is right: b[0], instruction 16");
  });
});
