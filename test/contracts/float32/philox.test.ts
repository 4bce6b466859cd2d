/** The random numbers of training in Solidity: known answers, and the engine's own streams, masks and batch order. */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { network } from "hardhat";
import { before, describe, it } from "mocha";
import { philox4x32, streamWords } from "../../../trainer/src/engine/philox.ts";
import { createBatchOrder } from "../../../trainer/src/learning/batchOrder.ts";
import type { TestContract } from "../support/cairn.ts";

const SEED = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1);
const SEED_HEX = `0x${Buffer.from(SEED).toString("hex")}`;

/** Salmon et al., Random123 1.14.0, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, block. */
const KNOWN = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const;

describe("Philox", () => {
  let harness: TestContract;
  before(async () => {
    const { ethers } = await network.create();
    harness = await ethers.deployContract("PhiloxHarness");
  });

  it("gives the known answers", async () => {
    for (const [counter, key, block] of KNOWN) {
      expect((await harness.draw(counter, key)).map(Number)).to.deep.equal([...block]);
    }
  });

  it("draws the words of the golden stream", async () => {
    const file = new URL("../../vectors/canonical/randomness.json", import.meta.url);
    const { seed, words } = JSON.parse(await readFile(file, "utf8")) as {
      readonly seed: string;
      readonly words: { readonly stream: string; readonly values: readonly number[] };
    };
    const drawn: bigint[] = await harness.words(seed, words.stream, words.values.length);
    expect(drawn.map(Number)).to.deep.equal(words.values);
  });

  it("keeps the elements that the engine's dropout keeps", async () => {
    const [elements, threshold] = [500, Math.ceil(Math.fround(1 - Math.fround(0.3)) * 2 ** 24)];
    const [k0, k1, w2, w3] = streamWords(SEED, "dropout/layers.3");
    for (const step of [0, 1, 199]) {
      const kept = Array.from({ length: elements }, (_, i) => {
        const block = philox4x32([Math.floor(i / 4), step, w2, w3], [k0, k1]);
        return block[i % 4]! >>> 8 < threshold;
      });
      const inContract: boolean[] = await harness.mask(SEED_HEX, "dropout/layers.3", step, elements, threshold);
      expect([...inContract], `step ${step}`).to.deep.equal(kept);
    }
  });

  it("finds every record of a run where the batches have it", async () => {
    for (const length of [1, 2, 63, 64, 65, 300, 1_025]) {
      const count = Math.min(2 * length + 3, 400);
      const next = createBatchOrder(
        Uint32Array.from({ length }, (_, i) => i),
        SEED,
        count,
      );
      const records: bigint[] = await harness.order(SEED_HEX, 0, count, length);
      expect(records.map(Number), `of ${length}`).to.deep.equal([...next()]);
    }
  });
});
