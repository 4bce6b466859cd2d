/**
 * What becomes of a transaction on its way, and of a node with several RPCs.
 *
 * A copy that is stuck is a pool's matter, so the proxy is the pool: it takes the first copy and never hands it on.
 */
import { freePort } from "../../../scripts/start/steps/localChain.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import { openRpcProxy, type RpcFault, type RpcProxy, type SignedCall } from "../faults/rpcProxy.ts";
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS, startAgain, until } from "./recovery.ts";

const CALLS: readonly (readonly [Subject, string])[] = [
  ["trainer", "commitUpdate"],
  ["trainer", "revealUpdate"],
  ["auditor", "commitVerdict"],
  ["auditor", "revealVerdict"],
];

export const TRANSACTION_FAULTS: readonly Scenario[] = [
  ...CALLS.map(
    ([subject, functionName]): Scenario => ({
      name: `transaction.unsent.${functionName}`,
      about: `Killed when its ${functionName} is signed and has not left; the same bytes go out, once`,
      subject,
      isQuick: functionName === "commitUpdate",
      play: (stage) => unsent(stage, functionName),
    }),
  ),
  ...CALLS.map(
    ([subject, functionName]): Scenario => ({
      name: `transaction.stuck.${functionName}`,
      about: `Its ${functionName} lies in a pool and is never mined, until a dearer copy comes`,
      subject,
      play: (stage) => stuck(stage, functionName),
    }),
  ),
  ...(["trainer", "auditor"] as const).flatMap((subject): Scenario[] => [
    {
      name: `rpcs.firstDies.${subject}`,
      about: "Of two RPCs the first dies in the middle of a round",
      subject,
      isQuick: subject === "trainer",
      play: (stage) => withSeveral(stage, 1, async ([first]) => first!.disturb(async () => undefined)),
    },
    {
      name: `rpcs.liar.${subject}`,
      about: "Of three RPCs the first tells of no events and of blocks that are not",
      subject,
      play: (stage) => withSeveral(stage, 2, async ([first]) => first!.disturb(lie)),
    },
  ]),
];

async function unsent(stage: Stage, functionName: string): Promise<Played> {
  const { network, victim, taskId } = stage;
  // under a fixed address nothing is to be announced: the duty is what it sends first
  const flags = ["--listen", `/ip4/127.0.0.1/tcp/${await freePort()}`];
  victim.kill();
  await victim.ended();
  await startAgain(stage, flags);
  let first: SignedCall | undefined;
  victim.proxy.disturb(async ({ signed }, forward) => {
    if (first === undefined && signed?.functionName === functionName) {
      first = signed;
      victim.kill();
    }
    return first === undefined ? forward() : undefined;
  });
  await until(stage, "it never sent it", () => first !== undefined, ROUND_MS);
  await victim.ended();
  const before = victim.proxy.sent.length;
  victim.proxy.disturb(undefined);
  const firstRound = await network.currentRound(taskId);
  const recoveriesMs = [await startAgain(stage, flags)];
  await network.roundOver(taskId, firstRound, ROUND_MS);
  const later = victim.proxy.sent.slice(before);
  const again = later.filter(({ nonce }) => nonce === first!.nonce);
  if (again[0]?.hash !== first!.hash)
    throw new Error(`the same bytes did not go out first under nonce ${first!.nonce}`);
  const others = later.filter((sent) => sent.during === first!.during && sent.functionName === functionName);
  if (others.some(({ nonce }) => nonce !== first!.nonce)) throw new Error(`${functionName} went out under two nonces`);
  return { firstRound, lastRound: firstRound, recoveriesMs };
}

async function stuck(stage: Stage, functionName: string): Promise<Played> {
  const { network, victim, taskId } = stage;
  let first: SignedCall | undefined;
  let dearer: SignedCall | undefined;
  victim.proxy.disturb(async ({ signed }, forward) => {
    if (signed?.functionName !== functionName || dearer !== undefined) return forward();
    first ??= signed;
    if (signed.hash === first.hash) return { result: signed.hash };
    dearer = signed;
    return forward();
  });
  await until(stage, "no dearer copy came", () => dearer !== undefined, 2 * ROUND_MS);
  victim.proxy.disturb(undefined);
  if (dearer!.nonce !== first!.nonce) throw new Error(`nonces ${first!.nonce} and ${dearer!.nonce}`);
  const firstRound = await network.currentRound(taskId);
  await network.roundOver(taskId, firstRound, ROUND_MS);
  return { firstRound, lastRound: firstRound, recoveriesMs: [] };
}

/** @param extra RPCs that come before the one that sees everything */
async function withSeveral(
  stage: Stage,
  extra: number,
  harm: (extras: readonly RpcProxy[]) => Promise<void>,
): Promise<Played> {
  const { network, victim, taskId, chance, signal } = stage;
  const { deployment } = network.local;
  const open = (): Promise<RpcProxy> => openRpcProxy(deployment.rpcUrl, deployment, async () => "");
  const extras = await Promise.all(Array.from({ length: extra }, open));
  try {
    victim.kill();
    await victim.ended();
    const rpcUrl = [...extras, victim.proxy].map(({ url }) => url).join(",");
    const recoveriesMs = [await startAgain(stage, ["--rpc-url", rpcUrl])];
    await pause(chance.between(0, 4_000), signal); // somewhere in a round
    const firstRound = await network.currentRound(taskId);
    await harm(extras);
    const lastRound = firstRound + 1;
    await network.roundOver(taskId, lastRound, ROUND_MS);
    const aside = victim.events.some((event) => event.event === "warning" && event.code === "CHAIN_RPC_SET_ASIDE");
    if (!aside) throw new Error("it did not notice");
    victim.kill();
    await victim.ended();
    recoveriesMs.push(await startAgain(stage));
    return { firstRound, lastRound, recoveriesMs };
  } finally {
    await Promise.all(extras.map((proxy) => proxy.stop()));
  }
}

const lie: RpcFault = async ({ method }, forward) => {
  if (method === "eth_getLogs") return { result: [] };
  const answer = await forward();
  if (method !== "eth_getBlockByNumber" || answer.result === null || answer.result === undefined) return answer;
  return { result: { ...(answer.result as object), hash: `0x${"66".repeat(32)}` } };
};
