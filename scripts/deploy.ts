/**
 * Deploys the contracts to a running chain and writes the deployment record that everything else reads.
 *
 * `node scripts/deploy.ts --rpc-url URL --out FILE [--local]`. Signs with the RPC's first unlocked account; never takes a
 * private key. A public network is deployed to with `npm run deploy` (scripts/deploy/, docs/deployment.md).
 */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { config, network } from "hardhat";
import CairnModule from "../ignition/modules/Cairn.ts";
import type { Deployment } from "../trainer/src/chain/deployment.ts";
import { buildContracts } from "./buildContracts.ts";

/** What a deployment fixes for good. */
export interface DeploymentParameters {
  /** Unit: wei. */
  readonly supplyWei: bigint;
  /** Stake counts in draws from the next epoch. Unit: seconds. */
  readonly epochSeconds: number;
  /** Unit: seconds. */
  readonly unbondingSeconds: number;
  readonly minPhaseSeconds: number;
  readonly maxPhaseSeconds: number;
  readonly minChallengeSeconds: number;
  readonly minSeedDelayBlocks: number;
  readonly maxSeedDelayBlocks: number;
  readonly maxCommitteeSize: number;
  /** Usual time between two blocks, rounded up. Unit: seconds. */
  readonly blockSeconds: number;
  /** How long an auditor's silence can be reported. Unit: seconds. */
  readonly reportSeconds: number;
  /** Shortest phase in which a committee has to act. Unit: seconds. */
  readonly minAuditSeconds: number;
  readonly minCommitteeSize: number;
  readonly minQuorum: number;
  /** The stake that a seat in a committee stands for, whatever the task. Unit: wei. */
  readonly seatStakeWei: bigint;
  /** What each side of a dispute has for all of its moves. Unit: seconds. */
  readonly clockSeconds: number;
  /** What it has for one move at least. Unit: seconds. */
  readonly extensionSeconds: number;
  /** What a challenger puts up. Who wins against it gets half, and half is burned. Unit: wei. */
  readonly bondWei: bigint;
}

const DAY_SECONDS = 86_400;
const ONE_CAIRN = 10n ** 18n;

/** Real chains. Source: the round protocol's defaults. */
export const PRODUCTION_PARAMETERS: DeploymentParameters = {
  supplyWei: 10n ** 27n, // a thousand million CAIRN
  epochSeconds: DAY_SECONDS,
  unbondingSeconds: 7 * DAY_SECONDS,
  minPhaseSeconds: 60,
  maxPhaseSeconds: DAY_SECONDS,
  minChallengeSeconds: DAY_SECONDS,
  minSeedDelayBlocks: 128, // four epochs of the beacon chain: nobody knows its RANDAO value by then
  maxSeedDelayBlocks: 4_096, // half of what EIP-2935 keeps
  maxCommitteeSize: 24,
  blockSeconds: 12, // a slot of the beacon chain
  reportSeconds: DAY_SECONDS,
  minAuditSeconds: 3_600, // to be found seated, fetch what is to be judged, and replay it
  minCommitteeSize: 15,
  minQuorum: 10,
  seatStakeWei: 1_000n * ONE_CAIRN, // a millionth of the supply
  clockSeconds: 6 * 3_600,
  extensionSeconds: 1_800,
  bondWei: 200n * ONE_CAIRN, // half of it covers 1.5 million gas at 50 gwei, 0.075 ether, up to 1,333 CAIRN an ether
};

/** A chain of one's own, where a round takes seconds. */
export const LOCAL_PARAMETERS: DeploymentParameters = {
  ...PRODUCTION_PARAMETERS,
  epochSeconds: 6,
  unbondingSeconds: 3_600, // the contract asks for two epochs, all phases of a round and the time for reports
  minPhaseSeconds: 1,
  minChallengeSeconds: 1,
  minSeedDelayBlocks: 2,
  blockSeconds: 1,
  reportSeconds: 60,
  minAuditSeconds: 5,
  minCommitteeSize: 1,
  minQuorum: 1,
  seatStakeWei: 20n * ONE_CAIRN, // what a place in a task costs by default
  clockSeconds: 60,
  extensionSeconds: 10,
  bondWei: 10n * ONE_CAIRN, // half of what a false claim costs
};

export interface DeployOptions {
  readonly rpcUrl: string;
  /** @default LOCAL_PARAMETERS on Hardhat's local chain, else PRODUCTION_PARAMETERS */
  readonly parameters?: DeploymentParameters;
  /** Where the record goes; nowhere when absent. */
  readonly outFile?: string;
}

/** The chain id of Hardhat's local chain. */
const LOCAL_CHAIN_ID = 31_337;

/** How often Ignition looks for receipts there, where every transaction is mined at once. Unit: milliseconds. */
const LOCAL_POLLING_MS = 20;

/**
 * Compiles what is not compiled yet, then deploys.
 *
 * @returns the deployment record, also written to `outFile`.
 * @throws whatever Hardhat throws when the RPC does not answer or a transaction fails. Nothing is written then.
 */
export async function deployCairn({ rpcUrl, parameters, outFile }: DeployOptions): Promise<Deployment> {
  await buildContracts(); // a fresh clone has no artifacts; with nothing to do it is quick
  const connection = await network.create({ network: "localhost", override: { url: rpcUrl } });
  const { ethers, ignition } = connection;
  try {
    const chainId = Number((await ethers.provider.getNetwork()).chainId);
    const isLocal = chainId === LOCAL_CHAIN_ID;
    const chosen = parameters ?? (isLocal ? LOCAL_PARAMETERS : PRODUCTION_PARAMETERS);
    const deployedAtBlock = await ethers.provider.getBlockNumber();
    const contracts = await deployModule(ignition, chosen, { chainId, isLocal });
    const addressOf = async (contract: { getAddress(): Promise<string> }) =>
      (await contract.getAddress()) as `0x${string}`;
    const record: Deployment = {
      schema: "cairn/deployment/v1",
      chainId,
      deployedAtBlock,
      rpcUrl,
      contracts: {
        cairnToken: await addressOf(contracts.cairnToken),
        nodeRegistry: await addressOf(contracts.nodeRegistry),
        modelRegistry: await addressOf(contracts.modelRegistry),
        dataRegistry: await addressOf(contracts.dataRegistry),
        flContract: await addressOf(contracts.flContract),
        disputeGame: await addressOf(contracts.disputeGame),
        cohorts: await addressOf(contracts.cohorts),
        aggregateGame: await addressOf(contracts.aggregateGame),
        roundReports: await addressOf(contracts.roundReports),
      },
    };
    if (outFile !== undefined) await writeRecord(outFile, record);
    return record;
  } finally {
    await connection.close();
  }
}

type Ignition = Awaited<ReturnType<typeof network.create>>["ignition"];

interface ModuleOptions {
  readonly chainId: number;
  readonly isLocal: boolean;
}

/**
 * Ignition keeps a journal and resumes from it. A local chain forgets everything with its process, so its journal is
 * one of its own and is thrown away; that of a real chain stays.
 */
async function deployModule(ignition: Ignition, chosen: DeploymentParameters, options: ModuleOptions) {
  const { chainId, isLocal } = options;
  const deploymentId = isLocal ? `local-${randomUUID()}` : `chain-${chainId}`;
  try {
    return await ignition.deploy(CairnModule, {
      parameters: { Cairn: { ...chosen } },
      config: isLocal ? { requiredConfirmations: 1, blockPollingInterval: LOCAL_POLLING_MS } : {},
      deploymentId,
    });
  } finally {
    if (isLocal) await rm(join(config.paths.ignition, "deployments", deploymentId), { recursive: true, force: true });
  }
}

/** Whole or not at all: readers may be waiting for the file. */
async function writeRecord(outFile: string, record: Deployment): Promise<void> {
  await mkdir(dirname(resolve(outFile)), { recursive: true });
  await writeFile(`${outFile}.tmp`, `${JSON.stringify(record, null, 2)}\n`);
  await rename(`${outFile}.tmp`, outFile);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { "rpc-url": { type: "string" }, out: { type: "string" }, local: { type: "boolean", default: false } },
  });
  const { "rpc-url": rpcUrl, out: outFile, local } = values;
  if (rpcUrl === undefined || outFile === undefined) {
    process.stderr.write("usage: node scripts/deploy.ts --rpc-url URL --out FILE [--local]\n");
    process.exitCode = 2;
  } else {
    await deployCairn({ rpcUrl, outFile, ...(local ? { parameters: LOCAL_PARAMETERS } : {}) });
  }
}
