/** What went wrong, as a code of the catalogue. Foreign errors are understood here and nowhere else. Pure. */
import { decodeRevert, decodeRevertData } from "@cairn/trainer/protocol/revert";
import { isHex, stringify } from "viem";
import { RpcError } from "../index/follow/rpc.ts";
import type { Failure } from "./activity.ts";
import { causesOf, codesOf, messageOf } from "./walletError.ts";

/** Codes of wallets. Source: EIP-1193 and EIP-1474. */
const UNAUTHORISED = 4_100;
const UNKNOWN_CHAIN = 4_902;
const BUSY = -32_002;

const NO_FUNDS = /insufficient funds|doesn't have enough funds/i;

export function failureOf(error: unknown): Failure {
  const revert = decodeRevert(error) ?? revertIn(error);
  const message = messageOf(error);
  if (revert?.name !== undefined) return { code: revert.name, args: revert.args.map(text), message };
  const codes = codesOf(error);
  const known = (error as { readonly failureCode?: unknown } | null)?.failureCode;
  if (typeof known === "string") return { code: known, args: [], message };
  if (codes.includes(BUSY)) return { code: "WALLET_BUSY", args: [], message };
  if (codes.includes(UNKNOWN_CHAIN)) return { code: "WALLET_UNKNOWN_CHAIN", args: [], message };
  if (codes.includes(UNAUTHORISED)) return { code: "WALLET_NOT_CONNECTED", args: [], message };
  if (NO_FUNDS.test(message)) return { code: "CHAIN_INSUFFICIENT_FUNDS", args: [], message };
  if (revert !== undefined) return { code: "CHAIN_REVERTED", args: revert.args.map(text), message };
  for (const cause of causesOf(error)) {
    if (cause instanceof RpcError) return { code: cause.detail.code, args: [], message };
  }
  return { code: "WALLET_FAILED", args: [], message };
}

/** A failure of ours, thrown where a code is known. */
export class WriteError extends Error {
  readonly failureCode: string;

  constructor(failureCode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WriteError";
    this.failureCode = failureCode;
  }
}

/** Nodes put a revert's bytes in `data`, some of them one or two levels down. */
function revertIn(error: unknown): ReturnType<typeof decodeRevertData> {
  for (const cause of causesOf(error)) {
    const { data } = cause as { readonly data?: unknown };
    const inner = (data as { readonly data?: unknown } | undefined)?.data;
    for (const bytes of [data, inner]) {
      if (isHex(bytes)) {
        const revert = decodeRevertData(bytes);
        if (revert !== undefined) return revert;
      }
    }
  }
  return undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "bigint" ? `${value}` : stringify(value);
}
