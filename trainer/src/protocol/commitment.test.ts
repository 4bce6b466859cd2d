import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Address } from "viem";
import { type CommitmentScope, updateCommitment, verdictCommitment } from "./commitment.ts";
import type { Hex } from "./hex.ts";

type Vector = Readonly<Record<string, string>>;

/** The same file that the contract is held to; every value differs, so that swapped fields show. */
const VECTORS = JSON.parse(
  readFileSync(new URL("../../../test/vectors/commitments.json", import.meta.url), "utf8"),
) as Readonly<Record<"update" | "verdict", readonly Vector[]>>;

const scopeOf = (vector: Vector): CommitmentScope => ({
  chainId: BigInt(vector.chainId!),
  flContract: vector.flContract as Address,
  taskId: BigInt(vector.taskId!),
  round: Number(vector.round),
  sender: vector.sender as Address,
});

const updateOf = (vector: Vector): Hex =>
  updateCommitment(scopeOf(vector), {
    updateDigest: vector.updateDigest as Hex,
    byteLength: Number(vector.byteLength),
    traceRoot: vector.traceRoot as Hex,
    sampleCount: Number(vector.sampleCount),
    salt: vector.salt as Hex,
  });

const verdictOf = (vector: Vector): Hex =>
  verdictCommitment(scopeOf(vector), {
    attempt: Number(vector.attempt),
    acceptedBitmap: BigInt(vector.acceptedBitmap!),
    duplicateBitmap: 0n,
    evidence: vector.evidence as Hex,
    salt: vector.salt as Hex,
  });

for (const [name, vectors, hash] of [
  ["updateCommitment", VECTORS.update, updateOf],
  ["verdictCommitment", VECTORS.verdict, verdictOf],
] as const) {
  describe(name, () => {
    assert.ok(vectors.length >= 2, "there are vectors");
    for (const vector of vectors) {
      it(`hashes ${vector.name} as the contract does`, () => assert.equal(hash(vector), vector.expected));
    }
    it("differs when any one field does, so that nothing can be opened elsewhere or as something else", () => {
      const [vector, other] = vectors as readonly [Vector, Vector];
      for (const field of Object.keys(vector)) {
        if (field === "name" || field === "expected" || vector[field] === other[field]) continue;
        assert.notEqual(hash({ ...vector, [field]: other[field]! }), vector.expected, field);
      }
    });
  });
}
