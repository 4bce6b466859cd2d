/** What an ERC-2612 permit of CAIRN is signed over. @see https://eips.ethereum.org/EIPS/eip-2612 */
import { cairnTokenAbi } from "@cairn/trainer/protocol/generated/abi";
import { type Abi, type Address, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import type { Rpc } from "../index/follow/rpc.ts";

const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

export interface PermitTerms {
  readonly token: Address;
  readonly chainId: number;
  readonly owner: Address;
  readonly spender: Address;
  readonly amountWei: bigint;
  /** Unit: unix seconds. */
  readonly deadline: bigint;
}

/** Asks the token for its domain and the owner's nonce. @throws {RpcError} */
export async function permitTypedData(rpc: Rpc, terms: PermitTerms) {
  const { token, chainId, owner, spender, amountWei, deadline } = terms;
  const [, name, version] = await read(rpc, token, "eip712Domain", []);
  const nonce = await read(rpc, token, "nonces", [owner]);
  return {
    domain: { name, version, chainId, verifyingContract: token },
    types: PERMIT,
    primaryType: "Permit",
    message: { owner, spender, value: amountWei, nonce, deadline },
  } as const;
}

/** Unit: wei. */
export function readBalance(rpc: Rpc, token: Address, holder: Address): Promise<bigint> {
  return read(rpc, token, "balanceOf", [holder]);
}

/** Unit: wei. */
export function readAllowance(
  rpc: Rpc,
  token: Address,
  { owner, spender }: { readonly owner: Address; readonly spender: Address },
): Promise<bigint> {
  return read(rpc, token, "allowance", [owner, spender]);
}

type Reads = {
  readonly eip712Domain: readonly [Hex, string, string, bigint, Address, Hex, readonly bigint[]];
  readonly nonces: bigint;
  readonly balanceOf: bigint;
  readonly allowance: bigint;
};

async function read<F extends keyof Reads>(
  rpc: Rpc,
  token: Address,
  functionName: F,
  args: readonly Address[],
): Promise<Reads[F]> {
  const abi: Abi = cairnTokenAbi;
  const name: string = functionName;
  const data = encodeFunctionData({ abi, functionName: name, args });
  const answer = (await rpc.request("eth_call", [{ to: token, data }, "latest"])) as Hex;
  return decodeFunctionResult({ abi, functionName: name, data: answer }) as Reads[F];
}
