/** What every kind of call cost, read from the chain's own blocks: nobody's word is taken for it. */
import { decodeFunctionData, type Hex as HexText, isAddressEqual } from "viem";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import { CONTRACT_NAMES } from "../../../trainer/src/protocol/contractNames.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import type { GasUse } from "../report/report.ts";
import { median } from "../report/statistics.ts";

/** Blocks asked for at once. */
const BATCH = 50;

interface Call {
  readonly kind: string;
  readonly gas: number;
  readonly reverted: boolean;
}

/** @returns gas used by contract function, over every transaction to one of our contracts since the deployment. */
export async function readGasUse(chain: Chain, signal: AbortSignal): Promise<Record<string, GasUse>> {
  const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber(), { signal });
  const calls: Call[] = [];
  for (let from = BigInt(chain.deployment.deployedAtBlock); from <= head; from += BigInt(BATCH)) {
    const count = Math.min(BATCH, Number(head - from) + 1);
    const blocks = Array.from({ length: count }, (_, i) => readBlock(chain, from + BigInt(i), signal));
    calls.push(...(await Promise.all(blocks)).flat());
  }
  return summariseGas(calls);
}

/** @returns by kind, in alphabetical order: median and maximum of the calls that went through, and how many reverted. */
export function summariseGas(calls: readonly Call[]): Record<string, GasUse> {
  const byKind = Object.groupBy(calls, ({ kind }) => kind);
  const kinds = Object.entries(byKind).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(
    kinds.map(([kind, all = []]) => {
      const gas = all.filter(({ reverted }) => !reverted).map((call) => call.gas);
      const use = { count: gas.length, median: median(gas) ?? 0, max: Math.max(0, ...gas) };
      return [kind, { ...use, reverted: all.length - gas.length }];
    }),
  );
}

async function readBlock(chain: Chain, blockNumber: bigint, signal: AbortSignal): Promise<Call[]> {
  const options = { signal };
  const block = await chain.request(
    "eth_getBlockByNumber",
    () => chain.client.getBlock({ blockNumber, includeTransactions: true }),
    options,
  );
  return Promise.all(
    block.transactions.flatMap(({ to, input, hash }) => {
      const kind = kindOf(chain, to, input);
      return kind === undefined ? [] : [readReceipt(chain, { kind, hash }, signal)];
    }),
  );
}

async function readReceipt(
  chain: Chain,
  { kind, hash }: { kind: string; hash: HexText },
  signal: AbortSignal,
): Promise<Call> {
  const doing = "eth_getTransactionReceipt";
  const receipt = await chain.request(doing, () => chain.client.getTransactionReceipt({ hash }), { signal });
  return { kind, gas: Number(receipt.gasUsed), reverted: receipt.status === "reverted" };
}

/** @returns the contract function that the transaction called, `undefined` when it is none of ours. */
function kindOf({ deployment }: Chain, to: HexText | null, data: HexText): string | undefined {
  const contract = CONTRACT_NAMES.find((name) => to !== null && isAddressEqual(deployment.contracts[name], to));
  if (contract === undefined) return undefined;
  try {
    return decodeFunctionData({ abi: ABIS[contract], data }).functionName;
  } catch {
    return undefined; // a selector that the ABI doesn't have
  }
}
