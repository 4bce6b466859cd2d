import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CANONICAL_STATE, canonicalState } from "./engineProbe.ts";

describe("canonicalState", () => {
  it("is the pinned state on the executor that nodes use", async () => {
    assert.equal(await canonicalState(), CANONICAL_STATE);
  });
});
