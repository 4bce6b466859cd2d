/** The chain's machine against the players': every opcode on random and on special words. */
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import {
  encodeInstruction,
  type Instruction,
  OPCODES,
  type OpcodeName,
} from "../../trainer/src/audit/dispute/instruction.ts";
import { type MachineWorld, runMachine } from "../../trainer/src/audit/dispute/machine.ts";
import { createRandomStream, type RandomStream } from "../../trainer/src/engine/philox.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import type { TestContract } from "./support/cairn.ts";

/** Of each opcode. */
const STATES = Number(process.env.CAIRN_MACHINE_STATES ?? 40);

/** Zeros, ones, the smallest and largest numbers, subnormals, infinities, NaNs, and integers at the borders. */
const SPECIAL = [
  0, 1, 2, 31, 32, 33, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x3f800000, 0xbf800000, 0x00800000, 0x007fffff,
  0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x4f000000, 0xcf000000,
  0x4effffff,
];
const READING: readonly string[] = ["LOAD", "CONTEXT", "KEY", "SHARD", "BYTE", "LOADU", "WEIGHT"];

describe("the dispute machine", () => {
  let harness: TestContract;

  before(async () => {
    const { ethers } = await network.create();
    const link = async (name: string): Promise<string> => (await ethers.deployContract(name)).getAddress();
    const DisputeMachine = await link("DisputeMachine");
    const reads = await ethers.deployContract("DisputeReads");
    const libraries = { DisputeMachine, DisputeReads: await reads.getAddress(), Sha256Tail: await link("Sha256Tail") };
    harness = (await ethers.deployContract("DisputeHarness", { libraries })) as TestContract;
  });

  for (const op of Object.keys(OPCODES) as OpcodeName[]) {
    it(`runs ${op} on chain as the players do`, async () => {
      const stream = createRandomStream(new Uint8Array(32), `machine ${op}`);
      for (let number = 0; number < STATES; number++) {
        const instruction = randomInstruction(op, stream);
        const registers = Uint32Array.from({ length: 16 }, () => randomWord(stream));
        const read = READING.includes(op) ? randomWord(stream) : 0;
        const { state: own } = runMachine([instruction], worldOf(read), { pc: 0, registers }, 1);
        const word = toHex(encodeInstruction(instruction));
        const then = await harness.step({ pc: 0, low: pack(registers, 0), high: pack(registers, 8) }, word, read);
        const label = `${number}: ${JSON.stringify(instruction)} on ${[...registers].map((it) => it.toString(16))}`;
        expect([then.pc, then.low, then.high], label).to.deep.equal([
          BigInt(own.pc),
          pack(own.registers, 0),
          pack(own.registers, 8),
        ]);
      }
    });
  }
});

function randomInstruction(op: OpcodeName, stream: RandomStream): Instruction {
  const register = (): number => stream.nextBelow(16);
  const slot = op === "LOAD" || op === "LOADU" ? { path: 1, depth: 3, length: 7 } : undefined;
  // The world below answers any of CONTEXT's and KEY's numbers alike, as the harness does.
  const imm = READING.includes(op) ? 0 : randomWord(stream);
  return { op, rd: register(), ra: register(), rb: register(), imm, slot };
}

function randomWord(stream: RandomStream): number {
  return stream.nextBelow(3) === 0 ? SPECIAL[stream.nextBelow(SPECIAL.length)]! : stream.nextUint32();
}

function worldOf(read: number): MachineWorld {
  const always = new Proxy(new Uint32Array(0), {
    get: (_, key) => (typeof key === "string" && /^\d+$/.test(key) ? read : undefined),
  });
  const updates = { words: () => always, weights: always };
  return { slot: () => always, context: always, keys: always, shard: always, byte: () => read, updates };
}

function pack(registers: Uint32Array, from: number): bigint {
  return registers.slice(from, from + 8).reduce((word, register) => (word << 32n) | BigInt(register), 0n);
}
