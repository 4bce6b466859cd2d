/**
 * JSON-RPC over HTTP with bounds on time and bytes, and two kinds of failure kept apart: an RPC that does not answer,
 * and one that answers no. The first means "wait", the second "ask for less".
 */
import { boundedBytes, TooManyBytes } from "./boundedBytes.ts";

export type RpcDetail =
  | { readonly code: "CHAIN_RPC_UNREACHABLE"; readonly status: number | undefined }
  | {
      readonly code: "CHAIN_RPC_REFUSED";
      readonly rpcCode: number | undefined;
      /** What a revert carried, or whatever else the RPC sent along. */
      readonly data: unknown;
    };

export class RpcError extends Error {
  readonly detail: RpcDetail;
  /** Under the name by which viem knows it. */
  readonly code: number | undefined;
  readonly data: unknown;

  constructor(detail: RpcDetail, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RpcError";
    this.detail = detail;
    this.code = detail.code === "CHAIN_RPC_REFUSED" ? detail.rpcCode : undefined;
    this.data = detail.code === "CHAIN_RPC_REFUSED" ? detail.data : undefined;
  }
}

export interface Rpc {
  /** @throws {RpcError} */
  request(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown>;
}

export interface RpcOptions {
  /** Unit: milliseconds. @default 15_000 */
  readonly timeoutMs?: number;
  /** Largest answer. Unit: bytes. @default 32 MiB, some 40,000 logs */
  readonly maxBytes?: number;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
}

/** HTTP answers that mean "not now": the RPC is over its limits, or its server is out of order. */
const BUSY = new Set([408, 425, 429, 502, 503, 504]);

export function createRpc(url: string, options: RpcOptions = {}): Rpc {
  const { timeoutMs = 15_000, maxBytes = 32 * 2 ** 20, fetch: send = fetch } = options;
  let id = 0;
  return {
    request: async (method, params, signal) => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params });
      const timeout = AbortSignal.timeout(timeoutMs);
      const bound = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      let text: string;
      let status: number | undefined;
      try {
        const headers = { "content-type": "application/json" };
        const answer = await send(url, { method: "POST", headers, body, signal: bound, credentials: "omit" });
        status = answer.status;
        text = new TextDecoder().decode(await boundedBytes(answer, maxBytes));
      } catch (cause) {
        signal?.throwIfAborted();
        if (cause instanceof TooManyBytes) throw refused(`an answer above ${maxBytes} bytes to ${method}`, undefined);
        const code = "CHAIN_RPC_UNREACHABLE";
        throw new RpcError({ code, status }, "the RPC does not answer", { cause });
      }
      if (BUSY.has(status)) {
        throw new RpcError({ code: "CHAIN_RPC_UNREACHABLE", status }, `the RPC is busy (HTTP ${status})`);
      }
      return resultOf(text, method, status);
    },
  };
}

function resultOf(text: string, method: string, status: number): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw refused(`no JSON to ${method} (HTTP ${status})`, undefined, { cause });
  }
  if (typeof answer !== "object" || answer === null) throw refused(`no JSON-RPC answer to ${method}`, undefined);
  const { result, error } = answer as { readonly result?: unknown; readonly error?: unknown };
  if (error === undefined || error === null) {
    if (result === undefined) throw refused(`neither result nor error to ${method}`, undefined);
    return result;
  }
  const { code, message, data } = error as { readonly code?: unknown; readonly message?: unknown; data?: unknown };
  throw refused(String(message ?? "no reason given").slice(0, 500), typeof code === "number" ? code : undefined, data);
}

function refused(message: string, rpcCode: number | undefined, data?: unknown): RpcError {
  return new RpcError({ code: "CHAIN_RPC_REFUSED", rpcCode, data }, message);
}
