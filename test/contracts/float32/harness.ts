/** Thousands of binary32 operations of the contracts in one call each. Must not know what their results should be. */
import { network } from "hardhat";
import type { TestContract } from "../support/cairn.ts";

/** Unit: pairs. More make a call no cheaper: the simulated chain records every step of it until its end. */
const CALL_PAIRS = 256;
/** More than any block's: a call is a batch of tests, not a transaction. */
const CALL_GAS = 1_000_000_000n;

export interface Float32Harness {
  /** @returns the results' bits for the pairs `(bits[2i], bits[2i + 1])`; operations of one number take the first. */
  applyAll(name: string, bits: Uint32Array): Promise<Uint32Array>;
  /** @returns what the operation costs for each pair. Unit: gas. */
  gasOf(name: string, bits: Uint32Array): Promise<readonly number[]>;
  /** @returns bits of a function's polynomial, the highest power first. */
  coefficientsOf(name: string): Promise<readonly number[]>;
  /** @returns the bits of fl(number). */
  fromInteger(number: bigint): Promise<number>;
}

export async function deployFloat32Harness(): Promise<Float32Harness> {
  const { ethers } = await network.create({
    network: "default",
    override: { blockGasLimit: CALL_GAS, transactionGasCap: false },
  });
  const deployed = (await ethers.deployContract("Float32Harness")) as TestContract;
  const options = { gasLimit: CALL_GAS };

  const applyAll = async (name: string, bits: Uint32Array): Promise<Uint32Array> => {
    const results = new Uint32Array(bits.length / 2);
    for (let from = 0; from < results.length; from += CALL_PAIRS) {
      const pairs = bits.subarray(2 * from, 2 * (from + CALL_PAIRS));
      const words: bigint[] = await deployed.applyAll(name, pack(pairs, 8), options);
      for (let i = 0; i < pairs.length / 2; i++) {
        results[from + i] = Number((words[i >> 2]! >> BigInt(32 * (3 - (i & 3)))) & 0xffff_ffffn);
      }
    }
    return results;
  };
  const gasOf = async (name: string, bits: Uint32Array): Promise<readonly number[]> => {
    const used: bigint[] = await deployed.gasOf(name, pack(bits, 2), options);
    return used.map(Number);
  };
  const coefficientsOf = async (name: string): Promise<readonly number[]> => {
    const [packed, first]: readonly [bigint, bigint] = await deployed.coefficientsOf(name);
    const list = first === 0n ? [] : [Number(first)];
    const digits = packed.toString(16);
    const whole = digits.padStart(8 * Math.ceil(digits.length / 8), "0");
    for (let i = 0; i < whole.length; i += 8) list.push(Number.parseInt(whole.slice(i, i + 8), 16));
    return list;
  };
  const fromInteger = async (number: bigint): Promise<number> => Number(await deployed.fromInteger(number));
  return { applyAll, gasOf, coefficientsOf, fromInteger };
}

/** `perWord` numbers of 32 bits a word, at its end, the last word filled up with zeros. */
function pack(bits: Uint32Array, perWord: number): string[] {
  const words: string[] = [];
  for (let i = 0; i < bits.length; i += perWord) {
    let digits = "0x";
    for (let j = i; j < i + perWord; j++) digits += (bits[j] ?? 0).toString(16).padStart(8, "0");
    words.push(digits);
  }
  return words;
}
