/** Is this the chain that the site names, with our contracts on it? */
import type { Address } from "viem";
import type { Trouble } from "../types.ts";
import type { Rpc } from "./rpc.ts";

export interface Deployment {
  readonly chainId: number;
  readonly contracts: Readonly<Record<string, Address>>;
}

/**
 * @returns what is wrong, with the codes that `cairn` prints for the same; `undefined` when all is well.
 * @throws {RpcError} when the RPC does not say
 */
export async function checkDeployment(
  rpc: Rpc,
  { chainId, contracts }: Deployment,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Trouble | undefined> {
  const actual = Number(await rpc.request("eth_chainId", [], signal));
  if (actual !== chainId) {
    const message = `the RPC serves chain ${actual}, the contracts are on chain ${chainId}`;
    return { code: "CHAIN_WRONG_CHAIN", message, sinceMs: nowMs };
  }
  for (const [name, address] of Object.entries(contracts)) {
    const code = await rpc.request("eth_getCode", [address, "latest"], signal);
    if (typeof code === "string" && code.length > 2) continue;
    const message = `there is no ${name} at ${address} on chain ${actual}`;
    return { code: "CHAIN_NOT_DEPLOYED", message, sinceMs: nowMs };
  }
  return undefined;
}
