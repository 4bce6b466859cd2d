/**
 * Binary32 in Solidity against the engine's: the same bits for all special pairs and 20,000 random ones an operation
 * (`CAIRN_FLOAT_PAIRS`; `npm run test:nightly` takes a million), and for a twentieth as many numbers an elementary function.
 */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { keccak256 } from "ethers";
import { before, describe, it } from "mocha";
import * as arithmetic from "../../../trainer/src/engine/arithmetic.ts";
import { createRandomStream } from "../../../trainer/src/engine/philox.ts";
import { OF_POSITIVE } from "./gas.ts";
import { deployFloat32Harness, type Float32Harness } from "./harness.ts";
import { bitsOf, drawNumbers, drawPairs, NUMBERS, numberOf, PAIRS, randomNumbers, specialPairs } from "./numbers.ts";
import { BINARY, COS_PI, ELEMENTARY, type Reference, UNARY } from "./references.ts";

/** An operation takes up to 0.1 ms, a function of twenty times fewer numbers 3 ms. Unit: milliseconds. */
const TIMEOUT_MS = 60_000 + PAIRS;

let harness: Float32Harness;
before(async () => {
  harness = await deployFloat32Harness();
});

/** Applies an operation on both sides and names the first pairs that differ. */
async function compare(name: string, reference: Reference, pairs: Uint32Array): Promise<void> {
  const results = await harness.applyAll(name, pairs);
  expect(results.length, "results").to.equal(pairs.length / 2);
  const faults: string[] = [];
  for (let i = 0; i < results.length && faults.length < 5; i++) {
    const [a, b] = [pairs[2 * i]!, pairs[2 * i + 1]!];
    const wanted = reference(numberOf(a), numberOf(b));
    if (results[i] !== wanted) faults.push(`${name}(${hex(a)}, ${hex(b)}) = ${hex(results[i]!)}, not ${hex(wanted)}`);
  }
  expect(faults, faults.join("; ")).to.have.length(0);
}

const hex = (bits: number): string => bits.toString(16).padStart(8, "0");

/** A second number of every pair would be wasted on functions of one. */
const firstOnly = (numbers: readonly number[]): Uint32Array => Uint32Array.from(numbers.flatMap((x) => [x, 0]));

describe("Float32", () => {
  const special = specialPairs();

  for (const [name, reference] of Object.entries(BINARY)) {
    it(`gives ${name} of all special pairs the engine's bits`, () => compare(name, reference, special));
    it(`gives ${name} of ${PAIRS} random pairs the engine's bits`, () =>
      compare(name, reference, drawPairs(randomNumbers(`pairs/${name}`), PAIRS))).timeout(TIMEOUT_MS);
  }

  for (const [name, reference] of Object.entries(UNARY)) {
    it(`gives ${name} of special and ${PAIRS} random numbers the engine's bits`, async () => {
      await compare(name, reference, special);
      await compare(name, reference, drawPairs(randomNumbers(`numbers/${name}`), PAIRS));
    }).timeout(TIMEOUT_MS);
  }

  it(`converts ${PAIRS} signed words and the ends of their range as the engine does`, async () => {
    const random = randomNumbers("words");
    const ends = [0, 1, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 24 + 3, 2 ** 31 - 1, -(2 ** 31), -1, -(2 ** 24) - 1];
    const words = [...ends, ...Array.from({ length: PAIRS }, (_, i) => random.nextUint32() >> (i & 15))];
    const pairs = firstOnly(words.map((word) => word >>> 0));
    const results = await harness.applyAll("toFloat32", pairs);
    expect([...results]).to.deep.equal(words.map((word) => bitsOf(Math.fround(word))));
  }).timeout(TIMEOUT_MS);

  it("rounds integers of any size once", async () => {
    const wanted: readonly (readonly [bigint, number])[] = [
      [2n ** 53n + 1n, 2 ** 53],
      [2n ** 60n + 2n ** 36n, 2 ** 60], // a tie, to even
      [2n ** 60n + 2n ** 36n + 1n, 2 ** 60 + 2 ** 37],
      [-(2n ** 60n) - 3n * 2n ** 36n, -(2 ** 60) - 2 ** 38],
      [2n ** 128n - 2n ** 103n - 1n, numberOf(0x7f7fffff)],
      [2n ** 128n - 2n ** 103n, Infinity], // halfway between the largest number and 2^128
      [2n ** 255n - 1n, Infinity],
      [-(2n ** 255n), -Infinity],
    ];
    for (const [integer, number] of wanted) {
      expect(await harness.fromInteger(integer), String(integer)).to.equal(bitsOf(number));
    }
  });
});

describe("Float32Functions", () => {
  for (const [name, reference] of Object.entries(ELEMENTARY)) {
    it(`gives ${name} of special and ${NUMBERS} random numbers the engine's bits`, async () => {
      await compare(name, reference, specialNumbers());
      await compare(name, reference, drawNumbers(randomNumbers(`numbers/${name}`), NUMBERS));
    }).timeout(TIMEOUT_MS);
  }

  it(`gives cosPi of ${NUMBERS} numbers from 0 to 1 the engine's bits`, async () => {
    const random = randomNumbers("numbers/cosPi");
    const edges = [0, 0.25, 0.5, 0.75, 1].flatMap((p) => [-1, 0, 1].map((step) => Math.max(bitsOf(p) + step, 0)));
    const numbers = Array.from({ length: NUMBERS }, () => bitsOf(random.nextFloat()));
    await compare("cosPi", COS_PI, firstOnly([...edges.filter((bits) => numberOf(bits) <= 1), ...numbers]));
  }).timeout(TIMEOUT_MS);

  it("has the engine's coefficients", async () => {
    const wanted = {
      exp: arithmetic.EXP_COEFFICIENTS,
      log: arithmetic.LOG_COEFFICIENTS,
      tanh: arithmetic.TANH_COEFFICIENTS,
      normal: arithmetic.NORMAL_COEFFICIENTS,
    };
    for (const [name, coefficients] of Object.entries(wanted)) {
      expect(await harness.coefficientsOf(name), name).to.deep.equal(coefficients.map(bitsOf));
    }
  });

  it("has the digests of the engine's results in the tests in Solidity", async () => {
    const text = await readFile(new URL("Digests.t.sol", import.meta.url), "utf8");
    const found = [...text.matchAll(/_assertDigest\("(\w+)", \w+, (0x[0-9a-f]+)\)/g)];
    expect(found.map(([, name]) => name).sort()).to.include.members(["exp", "log", "tanh", "gelu", "geluSlope"]);
    for (const [, name = "", digest] of found) expect(digest, name).to.equal(digestOf(name, ELEMENTARY[name]!));
  });

  it("agrees with the golden vectors", async () => {
    const file = new URL("../../vectors/canonical/functions.json", import.meta.url);
    const vectors = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, readonly string[]>>;
    const bits = (name: string): number[] => vectors[name]!.map((digits) => Number.parseInt(digits, 16));
    for (const name of ["exp", "log", "tanh", "distribution", "density"]) {
      expect([...(await harness.applyAll(name, firstOnly(bits("x"))))], name).to.deep.equal(bits(name));
    }
    expect([...(await harness.applyAll("cosPi", firstOnly(bits("p"))))], "cosPi").to.deep.equal(bits("cosine"));
  });

  /** What `Digests.t.sol` says it is of. Functions of positive numbers get sizes. */
  function digestOf(name: string, reference: Reference): string {
    const random = createRandomStream(new Uint8Array(32), name);
    const results = new DataView(new ArrayBuffer(32 * 5_000));
    for (let i = 0; i < 20_000; i++) {
      const word = random.nextUint32();
      const usual = ((word & 0x80000000) | (0x3a000000 + ((word & 0x7fffffff) % 0x09000000))) >>> 0;
      const x = numberOf(i % 4 === 0 ? word : usual);
      const result = reference(OF_POSITIVE.includes(name) ? Math.abs(x) : x, 0);
      results.setUint32(32 * (i >> 2) + 16 + 4 * (i % 4), result); // four end a word of 32 bytes
    }
    return keccak256(new Uint8Array(results.buffer));
  }

  function specialNumbers(): Uint32Array {
    const special = new Set<number>();
    for (const bits of specialPairs()) special.add(bits);
    return firstOnly([...special]);
  }
});
