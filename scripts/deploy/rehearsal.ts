/** The whole deployment on a chain inside this process: what it takes, and whether it ends as it should. */
import { network } from "hardhat";
import { type Check, checkDeployment } from "./checks.ts";
import type { NetworkPlan } from "./networks/networkPlan.ts";
import { type Addresses, type Owners, runModule } from "./runModule.ts";

export interface RehearsedStep {
  /** Ignition's name of it, such as `Cairn#FLContract`. */
  readonly step: string;
  readonly gas: bigint;
}

export interface Rehearsal {
  readonly steps: readonly RehearsedStep[];
  readonly addresses: Addresses;
  readonly checks: readonly Check[];
}

export interface RehearsalOptions {
  readonly plan: NetworkPlan;
  readonly owners: Owners;
  /** The deployer's next one, so that addresses come out as they will on the chain. @default 0 */
  readonly nonce?: number;
  /** Starts from this chain's present state instead of an empty one. */
  readonly forkUrl?: string | undefined;
  /** Where Ignition's journal goes, for what is read out of it afterwards; nowhere when absent. */
  readonly journal?: string;
}

/** Enough for any deployment: the rehearsal asks what it costs, not who can pay. Unit: wei. */
const PLENTY_WEI = 10n ** 24n;

/** @throws {Error} when a transaction would fail */
export async function rehearse({ plan, owners, nonce = 0, forkUrl, journal }: RehearsalOptions): Promise<Rehearsal> {
  const fork = forkUrl === undefined ? {} : { forking: { enabled: true, url: forkUrl } };
  const connection = await network.create({
    network: "default",
    override: { chainId: plan.chainId, ...fork },
  });
  const rpc = connection.provider;
  try {
    await rpc.request({ method: "hardhat_impersonateAccount", params: [owners.deployer] });
    await rpc.request({ method: "hardhat_setBalance", params: [owners.deployer, hex(PLENTY_WEI)] });
    if (forkUrl === undefined) await rpc.request({ method: "hardhat_setNonce", params: [owners.deployer, hex(nonce)] });
    const sent: { step: string; hash: string }[] = [];
    const inProcess = { ...plan, confirmations: 1, pollingMs: 5 };
    const from = Number(await rpc.request({ method: "eth_blockNumber" }));
    const onSent = (step: string, hash: string): void => void sent.push({ step, hash });
    const kept = journal === undefined ? {} : { journal };
    const addresses = await runModule({ rpc, plan: inProcess, owners, onSent, ...kept });
    const steps: RehearsedStep[] = [];
    for (const { step, hash } of sent) {
      const receipt = await rpc.request({ method: "eth_getTransactionReceipt", params: [hash] });
      steps.push({ step, gas: BigInt((receipt as { gasUsed: string }).gasUsed) });
    }
    return { steps, addresses, checks: await checkDeployment({ rpc, plan, owners, addresses, fromBlock: from }) };
  } finally {
    await connection.close();
  }
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
