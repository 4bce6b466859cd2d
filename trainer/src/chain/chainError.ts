/** Every way in which talking to the chain can fail. Foreign errors are wrapped here, with their cause, and nowhere else. */
import { BaseError, HttpRequestError, InsufficientFundsError, TimeoutError } from "viem";
import { TaggedError } from "../protocol/errors.ts";
import { decodeRevert } from "../protocol/revert.ts";

export type ChainDetail =
  | { readonly code: "CHAIN_RPC_UNREACHABLE"; readonly rpcUrl: string }
  | { readonly code: "CHAIN_WRONG_CHAIN"; readonly actual: number; readonly expected: number }
  | { readonly code: "CHAIN_NOT_DEPLOYED"; readonly contract: string; readonly address: string }
  | { readonly code: "CHAIN_DEPLOYMENT_MALFORMED"; readonly path: string }
  | { readonly code: "CHAIN_ACCOUNT_MISSING" }
  | { readonly code: "CHAIN_INSUFFICIENT_FUNDS"; readonly account: string }
  | {
      readonly code: "CHAIN_REVERTED";
      readonly call: string;
      /** Name of the contract's error; `undefined` when the revert carried no known error. */
      readonly errorName: string | undefined;
      readonly args: readonly unknown[];
    }
  | { readonly code: "CHAIN_TIMEOUT"; readonly doing: string; readonly timeoutMs: number }
  | { readonly code: "CHAIN_ABORTED"; readonly doing: string }
  | { readonly code: "CHAIN_LOGS_INCOMPLETE"; readonly what: string; readonly round: number }
  | { readonly code: "CHAIN_NONCE_TAKEN"; readonly nonce: number; readonly call: string }
  | { readonly code: "CHAIN_FEE_CAP_REACHED"; readonly neededWei: string; readonly maxFeeWei: string }
  | { readonly code: "CHAIN_KEY_BUSY"; readonly account: string; readonly pid: number }
  | { readonly code: "CHAIN_SENDER_FAILED" }
  | { readonly code: "CHAIN_RPC_DISAGREE"; readonly doing: string }
  | { readonly code: "CHAIN_RPC_SET_ASIDE"; readonly rpcUrl: string; readonly why: string }
  | { readonly code: "CHAIN_RPC_REFUSED"; readonly doing: string };

export class ChainError extends TaggedError<ChainDetail> {}

/** What a contract said when it refused a call. */
export type Refusal = Extract<ChainDetail, { readonly code: "CHAIN_REVERTED" }>;

/** @returns the contract's refusal; undefined for every other failure. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof ChainError)) return undefined;
  return error.detail.code === "CHAIN_REVERTED" ? error.detail : undefined;
}

/** How Hardhat says it, which viem does not know. */
const NO_FUNDS = /doesn't have enough funds/;

/** How pools say that they will never take these bytes, whatever comes. */
const NEVER =
  /insufficient funds|doesn't have enough funds|intrinsic gas|gas limit (is )?too (high|large)|exceeds (the )?(block|transaction) gas|transaction gas limit|transaction type not supported|invalid (sender|chain id)/i;

/** @returns whether the RPC said that a signed transaction can't be in its pool. Silence and inner errors say nothing. */
export function isDefiniteRefusal(error: unknown): boolean {
  const said = error instanceof ChainError ? error.cause : error;
  return said instanceof BaseError && NEVER.test(said.details ?? "");
}

/** What was being done, for the message: a contract call such as `flContract.commitUpdate`, or an RPC method. */
export interface ChainCall {
  readonly doing: string;
  readonly rpcUrl: string;
  readonly account?: string | undefined;
}

/** @returns `error` as a {@link ChainError}, with the cause kept. Our own coded errors pass through unchanged. */
export function wrapChainError(error: unknown, { doing, rpcUrl, account }: ChainCall): unknown {
  if (error instanceof TaggedError) return error;
  const own = error instanceof BaseError ? error.walk((e) => e instanceof TaggedError) : null;
  if (own !== null) return own; // ours, such as RPCs that disagree, in viem's words
  const options = { cause: error };
  const revert = decodeRevert(error);
  if (revert !== undefined) {
    const { name: errorName, args } = revert;
    const why = errorName ?? (error instanceof BaseError ? error.details || error.shortMessage : "no reason given");
    return new ChainError(
      { code: "CHAIN_REVERTED", call: doing, errorName, args },
      `${doing} was refused: ${why}`,
      options,
    );
  }
  if (!(error instanceof BaseError)) return refused(doing, String(error), error); // an answer that viem did not expect
  if (error.walk((e) => e instanceof InsufficientFundsError) !== null || NO_FUNDS.test(error.details)) {
    return new ChainError(
      { code: "CHAIN_INSUFFICIENT_FUNDS", account: account ?? "" },
      `${account ?? "the account"} has not enough ether to pay for gas`,
      options,
    );
  }
  if (error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError) !== null) {
    return new ChainError(
      { code: "CHAIN_RPC_UNREACHABLE", rpcUrl: rpcHost(rpcUrl) },
      `the RPC at ${rpcHost(rpcUrl)} does not answer`,
      options,
    );
  }
  return refused(doing, error.details || error.shortMessage, error);
}

function refused(doing: string, why: string, cause: unknown): ChainError {
  return new ChainError({ code: "CHAIN_RPC_REFUSED", doing }, `${doing}: ${why}`, { cause });
}

/** @returns where an RPC is, without the user, password, path or query in which providers put their keys. */
export function rpcHost(rpcUrl: string): string {
  try {
    const { protocol, host } = new URL(rpcUrl);
    return `${protocol}//${host}`;
  } catch {
    return "the RPC";
  }
}
