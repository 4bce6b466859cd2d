/** Deploys Cairn in process, with named actors who are registered and staked. Asserts nothing. */
import { randomUUID } from "node:crypto";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { type BaseContract, ZeroHash } from "ethers";
import { network } from "hardhat";
import CairnModule from "../../../ignition/modules/Cairn.ts";
import { LOCAL_PARAMETERS } from "../../../scripts/deploy.ts";
import { NODE_IDENTITY_TYPES, nodeIdentityDomain } from "../../../trainer/src/protocol/nodeIdentity.ts";

// biome-ignore lint/suspicious/noExplicitAny: ethers' contracts have no types here; each call is checked against the ABI when made
export type Untyped = any;
export type TestContract = BaseContract & Untyped;
export type Signer = HardhatEthersSigner;

export const CAIRN = 10n ** 18n;
/** Every trainer's stake. Unit: wei. */
export const STAKE_WEI = 1_000n * CAIRN;
/** Every auditor's, which is a seat's: each has one at most. Unit: wei. */
export const AUDITOR_STAKE_WEI = STAKE_WEI / 2n;
/** Longer than a test's round, so that stakes move on only where a test wants it. Unit: seconds. */
export const EPOCH_SECONDS = 5_000;
/** Two epochs and all phases of the longest round fit. Unit: seconds. */
export const UNBONDING_SECONDS = 50_000;
const PARAMETERS = {
  ...LOCAL_PARAMETERS,
  epochSeconds: EPOCH_SECONDS,
  unbondingSeconds: UNBONDING_SECONDS,
  seatStakeWei: AUDITOR_STAKE_WEI,
};
const TRAINER = 1;
const AUDITOR = 2;

export type Cairn = Awaited<ReturnType<typeof setUp>>;

/** @returns a fresh chain with the contracts, five trainers and five auditors whose stake counts already. */
export async function setUp() {
  const connection = await network.create();
  const { ethers, ignition, networkHelpers } = connection;
  const contracts = await ignition.deploy(CairnModule, {
    // On a chain of another client, which outlives the test, contracts of its own; else Ignition would go on with the last.
    ...(connection.networkConfig.type === "http" ? { deploymentId: `test-${randomUUID()}` } : {}),
    parameters: { Cairn: PARAMETERS },
  });
  const signers = await ethers.getSigners();
  const cairn = {
    ethers,
    networkHelpers,
    token: contracts.cairnToken as TestContract,
    nodeRegistry: contracts.nodeRegistry as TestContract,
    modelRegistry: contracts.modelRegistry as TestContract,
    dataRegistry: contracts.dataRegistry as TestContract,
    flContract: contracts.flContract as TestContract,
    disputeGame: contracts.disputeGame as TestContract,
    cohorts: contracts.cohorts as TestContract,
    aggregateGame: contracts.aggregateGame as TestContract,
    roundReports: contracts.roundReports as TestContract,
    /** The errors of a linked library, which reach callers through FLContract. */
    committee: (await ethers.getContractAt("Committee", contracts.flContract)) as TestContract,
    owner: signers[0] as Signer,
    trainers: signers.slice(1, 6),
    auditors: signers.slice(6, 11),
    stranger: signers[15] as Signer,
  };
  for (const trainer of cairn.trainers) await enlist(cairn, trainer, TRAINER);
  for (const auditor of cairn.auditors) await enlist(cairn, auditor, AUDITOR, AUDITOR_STAKE_WEI);
  await networkHelpers.time.increase(EPOCH_SECONDS);
  await registerWork(cairn);
  return cairn;
}

type Registries = Pick<Cairn, "token" | "nodeRegistry" | "owner" | "ethers">;

/** Registers and stakes. */
export async function enlist(cairn: Registries, node: Signer, capabilities: number, stakeWei = STAKE_WEI) {
  await announce(cairn, node, { capabilities });
  await cairn.token.connect(cairn.owner).transfer(node, stakeWei);
  await cairn.token.connect(node).approve(cairn.nodeRegistry, stakeWei);
  await cairn.nodeRegistry.connect(node).stake(stakeWei);
}

/** Signs an identity as `node` and sends it. `changes` overwrite fields. */
export async function announce(cairn: Registries, node: Signer, changes: Readonly<Record<string, unknown>> = {}) {
  const identity = await identityOf(cairn, node, changes);
  return cairn.nodeRegistry.announce(identity, await signIdentity(cairn, node, identity));
}

export async function identityOf(cairn: Registries, node: Signer, changes: Readonly<Record<string, unknown>> = {}) {
  const { nonce } = await cairn.nodeRegistry.nodeOf(node);
  return {
    node: node.address,
    peerId: `0x002408011220${"5a".repeat(32)}`,
    sealingKey: `0x${"c4".repeat(32)}`,
    sealingKeyVersion: 1n,
    peerProof: `0x${"3e".repeat(160)}`,
    multiaddrs: ["/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/4002/ws"],
    capabilities: TRAINER,
    nonce: nonce as bigint,
    deadline: 4_000_000_000,
    ...changes,
  };
}

export async function signIdentity(cairn: Registries, signer: Signer, identity: Untyped): Promise<string> {
  const { chainId } = await cairn.ethers.provider.getNetwork();
  const domain = nodeIdentityDomain(Number(chainId), (await cairn.nodeRegistry.getAddress()) as `0x${string}`);
  const types = { NodeIdentity: [...NODE_IDENTITY_TYPES.NodeIdentity] };
  return signer.signTypedData(domain, types, identity);
}

async function registerWork(cairn: Cairn) {
  const { modelRegistry, dataRegistry, flContract, owner } = cairn;
  await modelRegistry.connect(owner).registerModel("walker", ZeroHash, 10, `0x${"11".repeat(32)}`, 4_096, 0, 0);
  await modelRegistry.connect(owner).setPublisher(1, flContract, true);
  await dataRegistry.connect(owner).registerDataset("glyphs", ZeroHash, 10, `0x${"22".repeat(32)}`, 100, true);
}
