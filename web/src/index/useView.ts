"use client";
/** One view function of the contracts, for the few things that no event tells. Asked again when asked for another key. */
import { useQuery } from "@tanstack/react-query";
import { type Abi, decodeFunctionResult, encodeFunctionData, isHex } from "viem";
import { useIndexContext } from "./hooks.ts";
import type { EventSource } from "./types.ts";

export interface ViewQuestion {
  readonly contract: EventSource;
  readonly functionName: string;
  readonly args?: readonly unknown[];
  /** Asked again when this changes: a block number, for what moves. @default never */
  readonly asOf?: bigint | undefined;
}

/** @returns what viem decodes; `undefined` until the RPC has answered. */
export function useView<T>({ contract, functionName, args = [], asOf }: ViewQuestion): T | undefined {
  const { rpc, runtime } = useIndexContext();
  const { data } = useQuery({
    queryKey: ["view", runtime.chain.id, contract, functionName, ...args.map(String), String(asOf)],
    queryFn: async ({ signal }) => {
      const { ABIS } = await import("@cairn/trainer/protocol/generated/abi");
      const abi = ABIS[contract] as Abi;
      const call = {
        to: runtime.contracts[contract],
        data: encodeFunctionData({ abi, functionName, args: [...args] }),
      };
      const answer = await rpc.request("eth_call", [call, "latest"], signal);
      if (!isHex(answer)) throw new TypeError(`${functionName}: no answer`);
      return decodeFunctionResult({ abi, functionName, data: answer }) as T;
    },
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  return data;
}

/** Ether of an account, read again with every block that is heard of. Unit: wei. */
export function useEther(account: string | undefined, asOf: bigint | undefined): bigint | undefined {
  const { rpc, runtime } = useIndexContext();
  const { data } = useQuery({
    queryKey: ["ether", runtime.chain.id, account, String(asOf)],
    queryFn: async ({ signal }) => {
      const answer = await rpc.request("eth_getBalance", [account, "latest"], signal);
      if (!isHex(answer)) throw new TypeError("eth_getBalance: no answer");
      return BigInt(answer);
    },
    enabled: account !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  return data;
}

/** What a committee's seat stands for, in every task of the deployment. Unit: wei. @returns `undefined` until it is read */
export function useSeatStake(): bigint | undefined {
  const limits = useView<{ readonly seatStakeWei: bigint }>({ contract: "flContract", functionName: "limits" });
  return limits?.seatStakeWei;
}
