/** Tests that a package survives its file, and that a spoilt one is refused by name. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { updateCommitment } from "./commitment.ts";
import { fileRef } from "./fileRef.ts";
import { decodeRevealPackage, encodeRevealPackage, packageCommitment, type RevealPackage } from "./revealPackage.ts";

const update = Uint8Array.from({ length: 3_000 }, (_, i) => (i % 11 === 0 ? 10 : i & 255)); // with line feeds in it
const { digest, byteLength } = await fileRef(update);

const PACKAGE: RevealPackage = {
  chainId: 31_337,
  flContract: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  taskId: 2n ** 70n,
  round: 4,
  roundSeed: `0x${"a1".repeat(32)}`,
  trainer: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
  opening: {
    updateDigest: digest,
    byteLength,
    traceRoot: `0x${"b2".repeat(32)}`,
    sampleCount: 2_000,
    salt: `0x${"c3".repeat(32)}`,
  },
  update,
};

/** The same file with its first line changed as text. */
function edited(change: (line: string) => string): Uint8Array {
  const bytes = encodeRevealPackage(PACKAGE);
  const end = bytes.indexOf(10);
  const line = new TextEncoder().encode(change(new TextDecoder().decode(bytes.subarray(0, end))));
  return new Uint8Array([...line, ...bytes.subarray(end)]);
}

describe("decodeRevealPackage", () => {
  it("gives back what was encoded", async () => {
    assert.deepEqual(await decodeRevealPackage(encodeRevealPackage(PACKAGE)), PACKAGE);
  });

  for (const [what, bytes, path] of [
    ["an empty file", new Uint8Array(), "$"],
    ["a first line without end", new Uint8Array(100_000).fill(32), "$"],
    ["another program's file", edited(() => "{}"), "$.schema"],
    ["a salt that was cut", edited((line) => line.replace(/c3"/, '"')), "$.opening.salt"],
    ["a task that is no number", edited((line) => line.replace(/"taskId":"\d+"/, '"taskId":"0x1"')), "$.taskId"],
    ["a field too many", edited((line) => line.replace(/"trainer"/, '"trainee":1,"trainer"')), "$.trainee"],
    ["a prototype as a field", edited((line) => line.replace("{", '{"__proto__":{},')), "$.__proto__"],
    ["a round beyond the contract's", edited((line) => line.replace('"round":4,', '"round":4294967296,')), "$.round"],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(decodeRevealPackage(bytes), (error: { detail?: unknown }) => {
        assert.deepEqual(error.detail, { code: "PACKAGE_MALFORMED", path });
        return true;
      });
    });
  }

  it("refuses an update that the opening does not name", async () => {
    const bytes = encodeRevealPackage(PACKAGE);
    bytes[bytes.length - 1]! ^= 1;
    await assert.rejects(decodeRevealPackage(bytes), { code: "PACKAGE_UPDATE_MISMATCH" });
  });
});

describe("packageCommitment", () => {
  it("is the commitment of the trainer's update on that chain", () => {
    const { opening, trainer: sender, flContract, taskId, round } = PACKAGE;
    const scope = { chainId: 31_337n, flContract, taskId, round, sender };
    assert.equal(packageCommitment(PACKAGE), updateCommitment(scope, opening));
    assert.notEqual(packageCommitment({ ...PACKAGE, round: 5 }), packageCommitment(PACKAGE));
  });
});
