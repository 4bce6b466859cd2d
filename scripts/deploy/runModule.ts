/** One run of the Ignition module over a chain, in process or real, with or without a journal. Must not ask or print. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  errorDeploymentResultToExceptionMessage,
  HardhatArtifactResolver,
} from "@nomicfoundation/hardhat-ignition/helpers";
import {
  type DeploymentResult,
  DeploymentResultType,
  deploy,
  type EIP1193Provider,
  type ExecutionEventListener,
  status,
} from "@nomicfoundation/ignition-core";
import hre from "hardhat";
import CairnModule from "../../ignition/modules/Cairn.ts";
import CairnHandoverModule from "../../ignition/modules/CairnHandover.ts";
import { CONTRACT_NAMES, type ContractName } from "../../trainer/src/protocol/contractNames.ts";
import type { Rpc } from "./jsonRpc.ts";
import type { NetworkPlan } from "./networks/networkPlan.ts";

/** Who holds what in the end. */
export interface Owners {
  /** Signs, and is the administrator until the end. */
  readonly deployer: string;
  readonly admin: string;
  /** Gets the whole supply of CAIRN. */
  readonly holder: string;
}

export type Addresses = Readonly<Record<ContractName, `0x${string}`>>;

export interface RunOptions {
  readonly rpc: Rpc;
  readonly plan: Pick<NetworkPlan, "parameters" | "confirmations" | "pollingMs">;
  readonly owners: Owners;
  /** Ignition's journal, from which an interrupted run goes on; none is kept when absent. */
  readonly journal?: string;
  /** No transaction pays more. Unit: wei per gas. */
  readonly maxFeePerGas?: bigint;
  /** Told of each transaction once it is sent. */
  readonly onSent?: (step: string, hash: string) => void;
  readonly onDone?: (step: string) => void;
}

/** Fees are never raised, so that the cost that was confirmed holds; a slow transaction is waited for. Unit: ms. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * @returns where the contracts stand.
 * @throws {Error} with Ignition's message, when a transaction fails or the journal is of another deployment
 */
export async function runModule(options: RunOptions): Promise<Addresses> {
  const { rpc, plan, owners, journal, maxFeePerGas } = options;
  const result = await deploy({
    config: {
      requiredConfirmations: plan.confirmations,
      blockPollingInterval: plan.pollingMs,
      timeBeforeBumpingFees: PATIENCE_MS,
      disableFeeBumping: true,
    },
    artifactResolver: new HardhatArtifactResolver(hre.artifacts),
    provider: rpc as EIP1193Provider,
    executionEventListener: listener(options),
    ...(journal === undefined ? {} : { deploymentDir: journal }),
    ignitionModule: owners.admin === owners.deployer ? CairnModule : CairnHandoverModule,
    deploymentParameters: {
      Cairn: { ...plan.parameters, holder: owners.holder },
      CairnHandover: { admin: owners.admin },
    },
    accounts: [owners.deployer],
    defaultSender: owners.deployer,
    ...(maxFeePerGas === undefined ? {} : { maxFeePerGas }),
    disableFeeBumping: true,
  });
  return addressesOf(result);
}

export interface Progress {
  readonly done: ReadonlySet<string>;
  /** Whether the journal holds anything, such as a transaction that was sent and not seen mined. */
  readonly isResumed: boolean;
}

/** @returns what an earlier run did, as its journal says. */
export async function readProgress(journal: string): Promise<Progress> {
  if (!existsSync(join(journal, "journal.jsonl"))) return { done: new Set(), isResumed: false };
  return { done: new Set((await status(journal)).successful), isResumed: true };
}

function addressesOf(result: DeploymentResult): Addresses {
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) {
    throw new Error(errorDeploymentResultToExceptionMessage(result));
  }
  const addressOf = (name: ContractName): string => {
    const future = `Cairn#${name === "flContract" ? "FLContract" : name[0]!.toUpperCase() + name.slice(1)}`;
    const address = result.contracts[future]?.address;
    if (address === undefined) throw new TypeError(`the module deployed no ${future}`);
    return address;
  };
  return Object.fromEntries(CONTRACT_NAMES.map((name) => [name, addressOf(name)])) as Addresses;
}

/** Ignition calls a method per kind of event; two kinds matter here. */
function listener({ onSent, onDone }: RunOptions): ExecutionEventListener {
  const known: Readonly<Record<string, (event: { futureId: string; hash: string }) => void>> = {
    transactionSend: ({ futureId, hash }) => onSent?.(futureId, hash),
    transactionConfirm: ({ futureId }) => onDone?.(futureId),
  };
  return new Proxy({} as ExecutionEventListener, { get: (_, name) => known[String(name)] ?? (() => {}) });
}
