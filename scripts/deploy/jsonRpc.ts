/** JSON-RPC over HTTP, bounded in time. Must not put the address into messages beyond its host: it may hold a key. */
import { pause } from "../../trainer/src/chain/deadline.ts";
import { DeployError } from "./deployError.ts";

export interface RpcRequest {
  readonly method: string;
  readonly params?: readonly unknown[] | object;
}

/** As EIP-1193 has it, so that Ignition takes it. */
export interface Rpc {
  // biome-ignore lint/suspicious/noExplicitAny: EIP-1193 leaves the answer's type to the caller
  request(request: RpcRequest): Promise<any>;
}

export interface RpcOptions {
  readonly signal: AbortSignal;
  /** A person with a hardware wallet needs longer than a node. Unit: milliseconds. @default 30_000 */
  readonly timeoutMs?: number;
}

/** What the other side answered instead of a result; callers such as Ignition read `code` and `data`. */
export class RpcAnswerError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor({ code, message, data }: { code: number; message: string; data?: unknown }) {
    super(message);
    this.name = "RpcAnswerError";
    this.code = code;
    this.data = data;
  }
}

/** Between attempts to read: a connection that was kept open too long, a gateway that restarts. Unit: milliseconds. */
const READ_PAUSES_MS = [300, 2_000];

/** Whatever signs or sends is asked for once: the first attempt may have worked. */
const ASKED_ONCE = /send|sign/i;

/**
 * @throws {DeployError} `DEPLOY_RPC_FAILED` when there is no answer | {RpcAnswerError} when the answer is an error |
 *   the signal's reason once it fires
 */
export function openRpc(url: string, { signal, timeoutMs = 30_000 }: RpcOptions): Rpc {
  let id = 0;
  return {
    async request({ method, params = [] }) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params });
      for (const waitMs of ASKED_ONCE.test(method) ? [] : READ_PAUSES_MS) {
        try {
          return await post(url, method, body, { signal, timeoutMs });
        } catch (error) {
          if (!(error instanceof DeployError)) throw error;
          await pause(waitMs, signal);
        }
      }
      return post(url, method, body, { signal, timeoutMs });
    },
  };
}

async function post(
  url: string,
  method: string,
  body: string,
  { signal, timeoutMs }: Required<RpcOptions>,
): Promise<unknown> {
  signal.throwIfAborted();
  const { host } = new URL(url);
  const failed = (problem: string, cause?: unknown): DeployError =>
    new DeployError({ code: "DEPLOY_RPC_FAILED", host, method }, `${host}: ${method} ${problem}`, { cause });
  let answer: { result?: unknown; error?: { code: number; message: string; data?: unknown } };
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body, signal: limit });
    const text = await response.text();
    if (!response.ok && !text.startsWith("{")) throw failed(`was answered with HTTP ${response.status}`);
    answer = JSON.parse(text);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeployError) throw error;
    const isLate = error instanceof Error && error.name === "TimeoutError";
    throw failed(isLate ? `got no answer within ${timeoutMs / 1000} s` : "got no answer", error);
  }
  if (answer.error !== undefined) throw new RpcAnswerError(answer.error);
  return answer.result;
}
