/** Which errors say something of the RPC and nothing of the chain. */
import { BaseError, HttpRequestError, TimeoutError } from "viem";
import { decodeRevert } from "../protocol/revert.ts";
import { ChainError } from "./chainError.ts";

/** As JSON-RPC and providers number them: an inner error, a limit, too many requests. */
const FAILURES: readonly number[] = [-32_603, -32_005, -32_016, 429];

/** @returns whether another RPC, or this one later, may do better. What a contract refuses all refuse. */
export function isRpcFailure(error: unknown): boolean {
  if (!(error instanceof BaseError)) return !(error instanceof ChainError); // no JSON, or no such answer
  if (decodeRevert(error) !== undefined) return false;
  if (error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError) !== null) return true;
  const coded = error.walk((e) => typeof (e as { readonly code?: unknown }).code === "number");
  return coded !== null && FAILURES.includes((coded as unknown as { readonly code: number }).code);
}
