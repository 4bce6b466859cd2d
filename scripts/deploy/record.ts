/** The files that a deployment leaves for others: the record for nodes, the site's `cairn.json`. Whole or not at all. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Deployment } from "../../trainer/src/chain/deployment.ts";
import type { NetworkPlan } from "./networks/networkPlan.ts";
import type { Addresses } from "./runModule.ts";

export interface RecordOptions {
  readonly plan: NetworkPlan;
  readonly addresses: Addresses;
  readonly deployedAtBlock: number;
  /** For everybody to read, so without keys. */
  readonly publicRpcUrl: string;
}

export function makeRecord({ plan, addresses, deployedAtBlock, publicRpcUrl }: RecordOptions): Deployment {
  return {
    schema: "cairn/deployment/v1",
    chainId: plan.chainId,
    deployedAtBlock,
    rpcUrl: publicRpcUrl,
    contracts: addresses,
  };
}

/** What `/cairn.json` of the site says; gateways for documents are its operator's to add. */
export function makeSiteRuntime({ plan, addresses, deployedAtBlock, publicRpcUrl }: RecordOptions): object {
  return {
    schema: "cairn/web/v1",
    chain: {
      id: plan.chainId,
      name: plan.title,
      rpcUrl: publicRpcUrl,
      ...(plan.explorerUrl === undefined ? {} : { explorerUrl: plan.explorerUrl }),
      isTestnet: plan.isTestnet,
    },
    deployedAtBlock,
    contracts: addresses,
    content: { gateways: [] },
    hasFaucet: false,
  };
}

/** Replaces the file in one step: readers may be waiting for it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  await writeFile(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/**
 * @param journal Ignition's folder.
 * @returns the block of the first transaction in it, however often the run was interrupted.
 */
export async function firstBlock(journal: string): Promise<number> {
  const lines = (await readFile(join(journal, "journal.jsonl"), "utf8")).trim().split("\n");
  const blocks = lines.flatMap((line) => {
    const { receipt } = JSON.parse(line) as { receipt?: { blockNumber?: number } };
    return receipt?.blockNumber === undefined ? [] : [receipt.blockNumber];
  });
  if (blocks.length === 0) throw new TypeError(`${journal} has no transaction in it`);
  return Math.min(...blocks);
}
