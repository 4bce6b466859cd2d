import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReferenceExecutor } from "../../engine/reference/referenceExecutor.ts";
import { CANONICAL_STATE, canonicalState, probe, probeProgram } from "./engineProbe.ts";

describe("canonicalState", () => {
  it("is the pinned state on the reference executor and on the one that nodes use", async () => {
    assert.equal(await probe(await createReferenceExecutor(probeProgram())), CANONICAL_STATE, "reference");
    assert.equal(await canonicalState(), CANONICAL_STATE, "wasm");
  });
});
