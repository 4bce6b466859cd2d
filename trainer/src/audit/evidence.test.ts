import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { concatHex, encodePacked, hexToBigInt, keccak256 } from "viem";
import type { Hex } from "../protocol/hex.ts";
import { evidence } from "./evidence.ts";

const AUDITOR: Hex = `0x${"a1".repeat(20)}`;
const SEED: Hex = `0x${"5e".repeat(32)}`;

function leaf(number: number): Hex {
  return `0x${number.toString(16).padStart(64, "0")}`;
}

const TRACES = [[leaf(1), leaf(2), leaf(3)], [], [leaf(4), leaf(5)]];

describe("evidence", () => {
  it("is what viem's keccak gives for the formula, updates without a trace left out", () => {
    const bound = [0, 2].map((index) => {
      const draw = hexToBigInt(keccak256(encodePacked(["bytes32", "uint32"], [SEED, index])));
      const leaves = TRACES[index]!;
      return keccak256(concatHex([AUDITOR, leaves[Number(draw % BigInt(leaves.length))]!]));
    });
    assert.equal(evidence(AUDITOR, TRACES, SEED), keccak256(concatHex(bound)));
  });

  it("differs between auditors, so that nobody can copy it", () => {
    assert.notEqual(evidence(`0x${"a2".repeat(20)}`, TRACES, SEED), evidence(AUDITOR, TRACES, SEED));
  });

  it("needs every leaf in the end: each is chosen under some seed", () => {
    for (const wrong of [0, 1, 2]) {
      const traces = [TRACES[0]!.with(wrong, leaf(99))];
      const seeds = Array.from({ length: 40 }, (_, number) => leaf(number));
      const noticed = seeds.filter((seed) => evidence(AUDITOR, traces, seed) !== evidence(AUDITOR, [TRACES[0]!], seed));
      assert.ok(noticed.length > 0 && noticed.length < seeds.length, `leaf ${wrong}: ${noticed.length} of 40 seeds`);
    }
  });
});
