/**
 * Stands between one node and the chain: sees every JSON-RPC call of it, and may hold, drop, falsify or answer it.
 *
 * It knows nothing of scenarios; what goes wrong is one function, exchanged while it runs.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeFunctionData, type Hash, type Hex, keccak256, parseTransaction } from "viem";
import type { Deployment } from "../../../trainer/src/chain/deployment.ts";
import { CONTRACT_NAMES } from "../../../trainer/src/protocol/contractNames.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";

export interface SignedCall {
  readonly hash: Hash;
  readonly nonce: number;
  readonly functionName: string;
  readonly args: readonly unknown[];
  /** Which task, round and try of its committee it was for when it left the node: "1/3/0". Empty where it is for none. */
  readonly during: string;
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
  /** What `eth_sendRawTransaction` carries. */
  readonly signed: SignedCall | undefined;
}

export interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** @returns what the node is told; `undefined` cuts the connection. */
export type RpcFault = (call: RpcCall, forward: () => Promise<RpcAnswer>) => Promise<RpcAnswer | undefined>;

export interface RpcProxy {
  readonly url: string;
  /** Every transaction that left the node, accepted or not, in order. */
  readonly sent: readonly SignedCall[];
  /** @param fault `undefined`: everything passes. */
  disturb(fault: RpcFault | undefined): void;
  /** Sends what the node would: for what has to happen behind its back. */
  forward(method: string, params: readonly unknown[]): Promise<RpcAnswer>;
  stop(): Promise<void>;
}

/** More is no call of ours. Unit: bytes. */
const MAX_BODY = 4 << 20;

/** What the chain itself may take for one call. Unit: milliseconds. */
const UPSTREAM_MS = 30_000;

/** @param during tells {@link SignedCall.during} of a transaction that is just leaving */
export async function openRpcProxy(
  upstream: string,
  deployment: Deployment,
  during: (call: Pick<SignedCall, "functionName" | "args">) => Promise<string>,
): Promise<RpcProxy> {
  const sent: SignedCall[] = [];
  let current: RpcFault | undefined;

  async function forward(method: string, params: readonly unknown[]): Promise<RpcAnswer> {
    const response = await fetch(upstream, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      signal: AbortSignal.timeout(UPSTREAM_MS),
    });
    const { result, error } = (await response.json()) as RpcAnswer;
    return error === undefined ? { result } : { error };
  }

  async function answer({ id, method, params = [] }: WireCall): Promise<object | undefined> {
    const read = method === "eth_sendRawTransaction" ? readSigned(params[0] as Hex, deployment) : undefined;
    const signed = read === undefined ? undefined : { ...read, during: await during(read) };
    if (signed !== undefined) sent.push(signed);
    const pass = (): Promise<RpcAnswer> => forward(method, params);
    const given = await (current === undefined ? pass() : current({ method, params, signed }, pass));
    return given === undefined ? undefined : { jsonrpc: "2.0", id, ...given };
  }

  const server = createServer((request, response) => {
    const cut = (): void => void request.socket.destroy();
    response.on("error", cut); // the node was killed meanwhile
    request.on("error", cut);
    readBody(request)
      .then(async (text) => {
        const calls = JSON.parse(text) as WireCall | WireCall[];
        const answers = await Promise.all([calls].flat().map(answer));
        if (answers.includes(undefined)) return cut();
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(Array.isArray(calls) ? answers : answers[0]));
      })
      .catch(cut);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    forward,
    disturb(fault) {
      current = fault;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface WireCall {
  readonly id: unknown;
  readonly method: string;
  readonly params?: readonly unknown[];
}

async function readBody(request: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BODY) throw new RangeError(`a call of more than ${MAX_BODY} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function readSigned(raw: Hex, { contracts }: Deployment): Omit<SignedCall, "during"> {
  const { to, data, nonce = 0 } = parseTransaction(raw);
  const name = CONTRACT_NAMES.find((contract) => contracts[contract].toLowerCase() === to?.toLowerCase());
  const called = name === undefined || data === undefined ? undefined : decodeFunctionData({ abi: ABIS[name], data });
  const { functionName = "transfer of ether", args = [] } = called ?? {};
  return { hash: keccak256(raw), nonce, functionName, args: args as readonly unknown[] };
}
