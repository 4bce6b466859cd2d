"use client";
/** The instruction that the chain ran at a dispute's end: in the transaction that had it run, which no event repeats. */
import { isLost } from "@cairn/trainer/audit/dispute/outline";
import type { SettledInstruction } from "@cairn/trainer/audit/dispute/settledInstruction";
import { useQuery } from "@tanstack/react-query";
import { isHex } from "viem";
import { useIndexContext } from "../../index/hooks.ts";
import type { Dispute } from "../../index/types.ts";

/** @returns `undefined` until it is read, and where the game ended otherwise. */
export function useSettled({
  kind,
  moves,
  ended,
}: Pick<Dispute, "kind" | "moves" | "ended">): SettledInstruction | undefined {
  const { rpc, runtime } = useIndexContext();
  const isRun = ended?.outcome === "Disproven" || ended?.outcome === "Upheld";
  const lost = moves.findLast(({ place }) => isLost(place));
  const hash = lost?.at.transactionHash ?? (isRun ? ended?.at.transactionHash : undefined);
  const { data } = useQuery({
    queryKey: ["settled", runtime.chain.id, kind, hash],
    queryFn: async ({ signal }) => {
      const sent = (await rpc.request("eth_getTransactionByHash", [hash], signal)) as {
        readonly input?: unknown;
      } | null;
      if (!isHex(sent?.input)) throw new TypeError("eth_getTransactionByHash: no answer");
      const { settledInstruction } = await import("@cairn/trainer/audit/dispute/settledInstruction"); // the machine: only now
      return settledInstruction(kind, sent.input) ?? null;
    },
    enabled: hash !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? undefined;
}
