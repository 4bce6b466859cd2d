import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeFunctionData } from "viem/utils";
import { aggregateGameAbi, disputeGameAbi } from "../../protocol/generated/abi.ts";
import { type Hex, toHex } from "../../protocol/hex.ts";
import { bitsOf } from "./codeBuilder.ts";
import { encodeInstruction, type Instruction } from "./instruction.ts";
import { packState } from "./moveParts.ts";
import { settledInstruction } from "./settledInstruction.ts";

const ZERO: Hex = `0x${"00".repeat(32)}`;
const ADDRESS: Hex = `0x${"00".repeat(20)}`;
const POSITION = {
  ...{ stage: 11, level: 4, low: 0, high: 1, start: ZERO, end: ZERO, cut: ZERO, step: 0, memoryRoot: ZERO },
  ...{ slotRoot: ZERO, codeRoot: ZERO, codeHeight: 0, length: 4, element: 0 },
};
const FILE = { midstate: ZERO, tail: "0x", rootBlock: "0x" } as const;

/** @param words that the instruction's operand is among. */
function settleMean(
  instruction: Partial<Instruction>,
  registers: readonly number[],
  words: readonly number[] = [],
): Hex {
  const state = packState({ pc: 9, registers: Uint32Array.from({ length: 16 }, (_, i) => registers[i] ?? 0) });
  const word = BigInt(toHex(encodeInstruction({ op: "HALT", rd: 0, ra: 0, rb: 0, imm: 0, ...instruction })));
  const data = toHex(Uint8Array.from(words.flatMap((bits) => [bits >>> 24, bits >>> 16, bits >>> 8, bits])));
  const update = { updateDigest: ZERO, byteLength: 1, sampleCount: 600 };
  const claim = {
    ...{ taskId: 1n, round: 1, aggregation: 0, proposer: ADDRESS, digest: ZERO, byteLength: 1, updatesRoot: ZERO },
    ...{ updates: 2, totalBits: 0, modelId: 1n, baseVersion: 0n, terms: ZERO },
  };
  const reading = { update, updatePath: [], file: FILE, data, path: [] };
  const args = [1n, claim, POSITION, state, { word, path: [] }, reading] as const;
  return encodeFunctionData({ abi: aggregateGameAbi, functionName: "settle", args: args as never });
}

describe("settledInstruction", () => {
  it("gives a mean's last division, and its result as what is right", () => {
    // 6 ÷ 4 is 1.5, in registers 15 and 5.
    const registers = Array.from({ length: 16 }, (_, i) => (i === 15 ? bitsOf(6) : i === 5 ? bitsOf(4) : 0));
    const settled = settledInstruction("aggregate", settleMean({ op: "FDIV", rd: 15, ra: 15, rb: 5 }, registers));
    assert.deepEqual(settled, { text: "6 ÷ 4 = 1.5", result: 1.5 });
  });

  it("tells which update a number or a weight is of, and takes it from the proof", () => {
    const words = [0.5, 0.25, 8].map(bitsOf);
    const load = settleMean(
      { op: "LOADU", rd: 3, ra: 0, rb: 1, slot: { path: 0, depth: 0, length: 3 } },
      [2, 1],
      words,
    );
    assert.deepEqual(settledInstruction("aggregate", load), { text: "number 2 of update 2 is 8", result: undefined });
    const weight = settleMean({ op: "WEIGHT", rd: 4, ra: 1 }, [0, 1]);
    assert.equal(settledInstruction("aggregate", weight)?.text, "the weight of update 2 is 600");
    const beyond = settleMean({ op: "LOADU", rd: 3, ra: 0, rb: 1 }, [2, 1]);
    assert.equal(settledInstruction("aggregate", beyond), undefined, "no word was shown");
  });

  it("gives one multiply-add of a training, and no more than that", () => {
    const instruction = { op: "FMAC", rd: 15, ra: 1, rb: 2, imm: 0 } as const;
    const registers = Uint32Array.from(
      { length: 16 },
      (_, i) => [0, bitsOf(2), bitsOf(3)][i] ?? (i === 15 ? bitsOf(0.5) : 0),
    );
    const last = {
      state: packState({ pc: 3, registers }),
      instruction: { word: BigInt(toHex(encodeInstruction(instruction))), path: [] },
      reading: { data: "0x", path: [], innerPath: [] },
    };
    const claim = {
      ...{ taskId: 1n, round: 1, slot: 0, trainer: ADDRESS, datasetId: 1n, updateDigest: ZERO, updateBytes: 1 },
      ...{ traceRoot: ZERO, seed: ZERO, start: ZERO, terms: ZERO },
    };
    const terms = {
      ...{ steps: 1, programRoot: ZERO, writes: 1, heightW: 0, heightO: 0, heightT: 0, initialO: ZERO, initialT: ZERO },
      ...{ contextRoot: ZERO, streamsRoot: ZERO, shardsRoot: ZERO, shards: 1, recordPrefix: ZERO, hasPrefix: false },
    };
    const args = [1n, claim, terms, POSITION, last] as const;
    const input = encodeFunctionData({ abi: disputeGameAbi, functionName: "settle", args: args as never });
    assert.deepEqual(settledInstruction("update", input), { text: "0.5 + 2 × 3 = 6.5", result: undefined });
  });

  it("finds nothing in another call, or in bytes that are none", () => {
    const close = encodeFunctionData({ abi: aggregateGameAbi, functionName: "close", args: [1n] });
    for (const input of [close, "0x", "0x12345678"] as const) {
      assert.equal(settledInstruction("aggregate", input), undefined);
      assert.equal(settledInstruction("update", input), undefined);
    }
  });
});
