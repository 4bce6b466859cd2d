/** The golden vectors on chain; trainer/src/protocol checks the same ones in TypeScript. */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { network } from "hardhat";
import { describe, it } from "mocha";
import type { TestContract } from "./support/cairn.ts";

type Vector = Readonly<Record<string, string>>;
type Kind = "update" | "verdict" | "committeeSeed";

const file = new URL("../vectors/commitments.json", import.meta.url);
const vectors = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<Kind, readonly Vector[]>>;

/** The library at the vector's address, on the vector's chain. */
async function harnessFor({ chainId, flContract }: Vector): Promise<TestContract> {
  const { ethers } = await network.create({ network: "default", override: { chainId: Number(chainId) } });
  const deployed = await ethers.deployContract("CommitmentsHarness");
  const code = await ethers.provider.getCode(await deployed.getAddress());
  await ethers.provider.send("hardhat_setCode", [flContract, code]);
  return ethers.getContractAt("CommitmentsHarness", flContract as string);
}

describe("Commitments", () => {
  for (const vector of vectors.update) {
    it(`hashes ${vector.name} as everybody does`, async () => {
      const { taskId, round, sender, updateDigest, byteLength, traceRoot, sampleCount, salt, expected } = vector;
      const opened = { updateDigest, byteLength, traceRoot, sampleCount, salt };
      const harness = await harnessFor(vector);
      expect(await harness.hashUpdate(taskId, round, sender, opened)).to.equal(expected);
    });
  }

  for (const vector of vectors.verdict) {
    it(`hashes ${vector.name} as everybody does`, async () => {
      const { taskId, round, attempt, sender, acceptedBitmap, evidence, salt, expected } = vector;
      const harness = await harnessFor(vector);
      const actual = await harness.hashVerdict(taskId, round, attempt, sender, acceptedBitmap, evidence, salt);
      expect(actual).to.equal(expected);
    });
  }

  for (const vector of vectors.committeeSeed) {
    it(`hashes the seed of ${vector.name} as everybody does`, async () => {
      const { mixHash, taskId, round, attempt, expected } = vector;
      const harness = await harnessFor(vector);
      expect(await harness.hashCommitteeSeed(mixHash, taskId, round, attempt)).to.equal(expected);
    });
  }
});
