/** A wrong RPC shows before anything else happens. */
import { DeployError } from "./deployError.ts";
import type { Rpc } from "./jsonRpc.ts";
import type { NetworkPlan } from "./networks/networkPlan.ts";

/** @throws {DeployError} `DEPLOY_WRONG_CHAIN` */
export async function requireChain(rpc: Rpc, { chainId, title }: NetworkPlan): Promise<void> {
  const actual = Number(await rpc.request({ method: "eth_chainId" }));
  if (actual === chainId) return;
  const detail = { code: "DEPLOY_WRONG_CHAIN", expected: chainId, actual } as const;
  throw new DeployError(detail, `the RPC is of chain ${actual}, and ${title} is chain ${chainId}`);
}
