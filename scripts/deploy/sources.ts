/**
 * What a verifier of sources needs, written to files: the compiler's standard JSON input and who stands where.
 *
 * An input holds a contract's own sources and what they import, so that no test is published with it. Must not send.
 */
import { join } from "node:path";
import { getVerificationInformation } from "@nomicfoundation/ignition-core";
import { Interface, type InterfaceAbi } from "ethers";
import hre from "hardhat";
import { writeJson } from "./record.ts";

export interface VerifiableContract {
  readonly name: string;
  readonly address: string;
  /** As the compiler names it: `project/contracts/FLContract.sol:FLContract`. */
  readonly identifier: string;
  /** With its commit: `0.8.37+commit.f401782d`. */
  readonly compilerVersion: string;
  /** ABI-encoded, without `0x`. */
  readonly constructorArguments: string;
  readonly creationTransactionHash: string;
  /** File → library → address, as `settings.libraries` of the standard JSON has it. */
  readonly libraries: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** File of the standard JSON input, beside the list. */
  readonly inputFile: string;
}

/** The parts of the compiler's standard JSON input that are used here. */
export interface StandardInput {
  readonly language: string;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Writes `contracts.json` and an input per contract into `folder`. @returns the list */
export async function writeSources(journal: string, folder: string): Promise<readonly VerifiableContract[]> {
  const contracts: VerifiableContract[] = [];
  for await (const info of getVerificationInformation(journal)) {
    if (typeof info === "string") throw new TypeError(`the journal lacks the artifact of ${info}`);
    const artifact = await hre.artifacts.readArtifact(info.contract);
    const { input, compilerVersion } = await compilerInput(artifact.sourceName);
    const [name, inputFile] = [artifact.contractName, `${artifact.contractName}.input.json`];
    await writeJson(join(folder, inputFile), input);
    contracts.push({
      name,
      address: info.address,
      identifier: `${artifact.inputSourceName ?? artifact.sourceName}:${name}`,
      compilerVersion,
      constructorArguments: new Interface(artifact.abi as unknown as InterfaceAbi)
        .encodeDeploy(info.constructorArgs)
        .slice(2),
      creationTransactionHash: info.creationTxHash ?? "",
      libraries: await linked(info.libraries),
      inputFile,
    });
  }
  contracts.sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeJson(join(folder, "contracts.json"), contracts);
  return contracts;
}

async function compilerInput(sourceName: string): Promise<{ input: StandardInput; compilerVersion: string }> {
  const file = join(hre.config.paths.root, sourceName);
  const jobs = await hre.solidity.getCompilationJobs([file], { quiet: true, force: true });
  const job = jobs.success ? jobs.compilationJobsPerFile.get(file) : undefined;
  if (job === undefined) throw new TypeError(`Hardhat has no compilation job for ${sourceName}`);
  return { input: (await job.getSolcInput()) as StandardInput, compilerVersion: job.solcLongVersion };
}

/** Libraries come by name from the journal; a verifier wants their files too. */
async function linked(libraries: Readonly<Record<string, string>>): Promise<VerifiableContract["libraries"]> {
  const byFile: Record<string, Record<string, string>> = {};
  for (const [library, address] of Object.entries(libraries)) {
    const { inputSourceName, sourceName, contractName } = await hre.artifacts.readArtifact(library);
    const file = inputSourceName ?? sourceName;
    byFile[file] = { ...byFile[file], [contractName]: address };
  }
  return byFile;
}
