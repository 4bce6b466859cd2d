/** What a deployment may cost, against what there is. */
import { DeployError } from "./deployError.ts";
import type { Rpc } from "./jsonRpc.ts";
import type { RehearsedStep } from "./rehearsal.ts";

export interface Quote {
  readonly gas: bigint;
  /** What a transaction would pay now: base fee and tip. Unit: wei per gas. */
  readonly presentFeePerGas: bigint;
  /** What no transaction exceeds. Unit: wei per gas. */
  readonly maxFeePerGas: bigint;
  readonly presentCostWei: bigint;
  readonly maxCostWei: bigint;
  readonly balanceWei: bigint;
}

/** Nodes' estimates lie a little above what is used; geth stops searching at 1.5 %. Unit: thousandths. */
const ESTIMATE_PERMILLE = 1_020n;

/** How often the base fee may double before transactions wait: twice, about twelve full blocks. */
const BASE_FEE_FACTOR = 4n;

/** @param maxFeePerGas what the operator allows; unit: wei per gas. @default four base fees and a tip */
export async function quote(
  rpc: Rpc,
  {
    steps,
    address,
    maxFeePerGas,
  }: { steps: readonly RehearsedStep[]; address: string; maxFeePerGas: bigint | undefined },
): Promise<Quote> {
  const block: { baseFeePerGas: string } = await rpc.request({
    method: "eth_getBlockByNumber",
    params: ["latest", false],
  });
  const baseFee = BigInt(block.baseFeePerGas);
  const tip = BigInt(await rpc.request({ method: "eth_maxPriorityFeePerGas" }));
  const balanceWei = BigInt(await rpc.request({ method: "eth_getBalance", params: [address, "latest"] }));
  const gas = (steps.reduce((sum, step) => sum + step.gas, 0n) * ESTIMATE_PERMILLE) / 1_000n;
  const most = maxFeePerGas ?? BASE_FEE_FACTOR * baseFee + tip;
  const present = baseFee + tip < most ? baseFee + tip : most;
  const costs = { presentCostWei: gas * present, maxCostWei: gas * most };
  return { gas, presentFeePerGas: present, maxFeePerGas: most, ...costs, balanceWei };
}

/** @throws {DeployError} `DEPLOY_BALANCE_TOO_LOW` */
export function requireBalance({ balanceWei, maxCostWei }: Quote, address: string): void {
  if (balanceWei >= maxCostWei) return;
  const missingWei = maxCostWei - balanceWei;
  throw new DeployError(
    { code: "DEPLOY_BALANCE_TOO_LOW", address, missingWei: `${missingWei}` },
    `${address} has ${balanceWei} wei and may need ${maxCostWei}`,
  );
}
