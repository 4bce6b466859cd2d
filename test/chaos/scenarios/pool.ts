/**
 * Killed while its transaction waits in the pool of the chain: taken, not mined, and nobody tells the node when it is back.
 *
 * The local chain mines at once, so the proxy is the pool: it holds what the node sends, counts it as pending, and lets it
 * go in order after a while.
 */
import { type Hex, parseTransaction } from "viem";
import { freePort } from "../../../scripts/start/steps/localChain.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { RpcAnswer, RpcFault, RpcProxy } from "../faults/rpcProxy.ts";
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS, startAgain, until } from "./recovery.ts";

/** How long the pool holds what it has once the node is at work again. Unit: milliseconds. */
const HELD_MS = 2_500;

const CALLS: readonly (readonly [Subject, string])[] = [
  ["trainer", "commitUpdate"],
  ["trainer", "revealUpdate"],
  ["auditor", "commitVerdict"],
  ["auditor", "revealVerdict"],
];

export const POOLED: readonly Scenario[] = CALLS.map(([subject, functionName]) => ({
  name: `pool.${functionName}`,
  about: `Killed while its ${functionName} waits in the pool, and back before it is mined`,
  subject,
  play: (stage) => pooled(stage, functionName),
}));

async function pooled(stage: Stage, functionName: string): Promise<Played> {
  const { network, victim, taskId, signal } = stage;
  // under a fixed address nothing is to be announced: the duty is what it sends first
  const flags = ["--listen", `/ip4/127.0.0.1/tcp/${await freePort()}`];
  victim.kill();
  await victim.ended();
  await startAgain(stage, flags);
  const pool = createPool(victim.proxy);
  let dead = false;
  victim.proxy.disturb(async (call, forward) => {
    if (!dead && call.signed?.functionName === functionName) {
      dead = true;
      pool.open();
      await pool.fault(call, forward);
      victim.kill();
      return undefined;
    }
    return pool.fault(call, forward);
  });
  await until(stage, "it never sent it", () => dead, ROUND_MS);
  await victim.ended();
  const firstRound = await network.currentRound(taskId);
  const recoveriesMs = [await startAgain(stage, flags)];
  await pause(HELD_MS, signal);
  await pool.release();
  victim.proxy.disturb(undefined);
  await network.roundOver(taskId, firstRound, ROUND_MS);
  return { firstRound, lastRound: firstRound, recoveriesMs };
}

interface Pool {
  open(): void;
  readonly fault: RpcFault;
  /** Lets everything go, in order of nonces. */
  release(): Promise<void>;
}

function createPool(proxy: RpcProxy): Pool {
  const held = new Map<string, { readonly raw: Hex; readonly nonce: number }>();
  let isOpen = false;
  return {
    open() {
      isOpen = true;
    },
    async fault({ method, params, signed }, forward): Promise<RpcAnswer> {
      if (!isOpen) return forward();
      if (signed !== undefined) {
        if (held.has(signed.hash)) return { error: { code: -32_000, message: "already known" } };
        held.set(signed.hash, { raw: params[0] as Hex, nonce: signed.nonce });
        return { result: signed.hash };
      }
      if (method === "eth_getTransactionCount" && params[1] === "pending") {
        const answer = await forward();
        const next = Math.max(Number(answer.result as string), ...[...held.values()].map(({ nonce }) => nonce + 1));
        return { result: `0x${next.toString(16)}` };
      }
      const waiting = method === "eth_getTransactionByHash" ? held.get(params[0] as string) : undefined;
      return waiting === undefined ? forward() : { result: asPending(params[0] as string, waiting.raw) };
    },
    async release() {
      isOpen = false;
      for (const { raw } of [...held.values()].sort((a, b) => a.nonce - b.nonce)) {
        await proxy.forward("eth_sendRawTransaction", [raw]); // of two with one nonce the chain takes the first
      }
    },
  };
}

function asPending(hash: string, raw: Hex): object {
  const { to, data, nonce = 0, gas = 0n } = parseTransaction(raw);
  const number = (value: number | bigint): string => `0x${value.toString(16)}`;
  const place = { blockHash: null, blockNumber: null, transactionIndex: null };
  return { hash, to, input: data, nonce: number(nonce), gas: number(gas), value: "0x0", type: "0x2", ...place };
}
