/** An RPC that is down, slow, behind, broken or lying, for a while; the chain itself is well. */
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { RpcAnswer, RpcFault } from "../faults/rpcProxy.ts";
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS } from "./recovery.ts";

/** Blocks behind the head: two seconds on the local chain. */
const STALE_BLOCKS = 8n;

interface Disturbance {
  readonly name: string;
  readonly about: string;
  /** How long. Unit: milliseconds. */
  readonly lastsMs: number;
  readonly subjects: readonly Subject[];
  fault(stage: Stage): RpcFault;
}

const REFUSED: RpcAnswer = { error: { code: -32_603, message: "internal error" } };
const TOO_MANY: RpcAnswer = { error: { code: -32_005, message: "rate limit exceeded" } };

const DISTURBANCES: readonly Disturbance[] = [
  {
    name: "down",
    about: "Every connection to the RPC is cut for ten seconds",
    lastsMs: 10_000,
    subjects: ["trainer", "auditor"],
    fault: () => async () => undefined,
  },
  {
    name: "silent",
    about: "The RPC takes calls and answers none for eight seconds",
    lastsMs: 8_000,
    subjects: ["trainer", "auditor"],
    fault: (stage) => async (_, forward) => {
      await pause(stage.chance.between(6_000, 8_000), stage.signal);
      return forward();
    },
  },
  {
    name: "slow",
    about: "Every answer takes up to a second",
    lastsMs: 12_000,
    subjects: ["trainer", "auditor"],
    fault: (stage) => async (_, forward) => {
      await pause(stage.chance.between(100, 1_000), stage.signal);
      return forward();
    },
  },
  {
    name: "flaky",
    about: "One call in three is refused by the RPC, with an internal error or for its rate",
    lastsMs: 12_000,
    subjects: ["trainer", "auditor"],
    fault:
      ({ chance }) =>
      async (_, forward) => {
        if (chance.oneIn(3)) return chance.oneIn(2) ? REFUSED : TOO_MANY;
        return forward();
      },
  },
  {
    name: "errorAfterSend",
    about: "Every transaction is taken by the chain, and the node is told that it failed",
    lastsMs: 8_000,
    subjects: ["trainer", "auditor"],
    fault:
      ({ chance }) =>
      async ({ method }, forward) => {
        const answer = await forward();
        if (method !== "eth_sendRawTransaction" || answer.error !== undefined) return answer;
        return chance.oneIn(2) ? undefined : REFUSED;
      },
  },
  {
    name: "stale",
    about: "The RPC is eight blocks behind in everything it tells",
    lastsMs: 12_000,
    subjects: ["trainer", "auditor"],
    fault: (stage) => stale(stage, () => true),
  },
  {
    name: "staleReads",
    about: "One backend of the RPC is eight blocks behind, and answers every second read of the state",
    lastsMs: 12_000,
    subjects: ["trainer", "auditor"],
    fault: (stage) => stale(stage, (method) => method === "eth_call" && stage.chance.oneIn(2)),
  },
  {
    name: "noLogs",
    about: "The RPC tells of no events at all for five seconds",
    lastsMs: 5_000,
    subjects: ["auditor"],
    fault:
      () =>
      async ({ method }, forward) =>
        method === "eth_getLogs" ? { result: [] } : forward(),
  },
];

export const RPC_FAULTS: readonly Scenario[] = DISTURBANCES.flatMap((disturbance) =>
  disturbance.subjects.map((subject) => ({
    name: `rpc.${disturbance.name}.${subject}`,
    about: disturbance.about,
    subject,
    play: (stage: Stage) => disturbed(stage, disturbance),
  })),
);

async function disturbed(stage: Stage, { fault, lastsMs }: Disturbance): Promise<Played> {
  const { network, victim, taskId, chance, signal } = stage;
  await pause(chance.between(0, 4_000), signal); // somewhere in a round
  const firstRound = Math.max(1, await network.currentRound(taskId));
  victim.proxy.disturb(fault(stage));
  await pause(lastsMs, signal);
  victim.proxy.disturb(undefined);
  const endedMs = performance.now();
  const told = victim.events.length;
  const lastRound = Math.max(1, await network.currentRound(taskId));
  await network.roundOver(taskId, lastRound, ROUND_MS);
  if (!victim.isRunning()) throw new Error(`it ended: ${JSON.stringify(victim.events.slice(-3))}`);
  const next = lastRound + 1; // whole, after the disturbance
  await network.roundOver(taskId, next, ROUND_MS);
  const first = victim.events.slice(told).find(({ event }) => event === "phase") as { time?: string } | undefined;
  const recoveredMs =
    first?.time === undefined
      ? performance.now() - endedMs
      : Math.max(0, Date.parse(first.time) - (performance.timeOrigin + endedMs));
  return { firstRound, lastRound: next, recoveriesMs: [recoveredMs] };
}

/** As a node of the chain that is behind answers: the state, the head, the receipts and the nonces of then. */
function stale({ victim }: Stage, isMeant: (method: string) => boolean): RpcFault {
  const { forward: ask } = victim.proxy;
  return async ({ method, params }, forward) => {
    if (!isMeant(method)) return forward();
    const head = BigInt((await ask("eth_blockNumber", [])).result as string);
    const then = `0x${(head > STALE_BLOCKS ? head - STALE_BLOCKS : 0n).toString(16)}`;
    switch (method) {
      case "eth_blockNumber":
        return { result: then };
      case "eth_call":
      case "eth_estimateGas":
      case "eth_getTransactionCount":
      case "eth_getBalance":
        return ask(method, [params[0], then]);
      case "eth_getBlockByNumber":
        return ask(method, [params[0] === "latest" ? then : params[0], params[1]]);
      case "eth_getTransactionReceipt": {
        const answer = await forward();
        const receipt = answer.result as { readonly blockNumber: string } | null;
        return receipt !== null && BigInt(receipt.blockNumber) > BigInt(then) ? { result: null } : answer;
      }
      default:
        return forward();
    }
  };
}
