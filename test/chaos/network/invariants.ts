/** What must hold whatever was done to a node: read from the chain, and from what left the node. */
import type { Address, Hash } from "viem";
import { CONTRACT_NAMES } from "../../../trainer/src/protocol/contractNames.ts";
import { ABIS } from "../../../trainer/src/protocol/generated/abi.ts";
import type { SignedCall } from "../faults/rpcProxy.ts";
import type { Played, Stage } from "../scenario.ts";
import { RECOVERY_MS } from "../scenarios/recovery.ts";
import { OF_A_ROUND } from "./chaosNetwork.ts";

const ONCE_EVER: readonly string[] = ["stake", "join"];

/** @param fromBlock where the scenario began @returns what does not hold, one sentence each */
export async function brokenInvariants(stage: Stage, played: Played, fromBlock: bigint): Promise<string[]> {
  const broken = await Promise.all([
    doubleSends(stage),
    equivocations(stage),
    dutiesUndone(stage, played),
    slashes(stage, fromBlock),
    fundsLost(stage),
  ]);
  const slow = played.recoveriesMs.filter((ms) => ms > RECOVERY_MS);
  return [...broken.flat(), ...slow.map((ms) => `at work again only after ${Math.round(ms)} ms`)];
}

/** Of everything that is due once a round, or once ever, one transaction is mined and no more; none is refused. */
async function doubleSends(stage: Stage): Promise<string[]> {
  const { client } = stage.network.local.admin.chain;
  const mined = new Map<string, Set<Hash>>();
  const broken: string[] = [];
  for (const { hash, functionName, during } of sentIn(stage)) {
    const isOnce = ONCE_EVER.includes(functionName);
    if (!isOnce && !OF_A_ROUND.includes(functionName)) continue;
    const receipt = await client.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt === undefined) continue; // the chain never saw it
    const key = isOnce ? functionName : `${functionName} for ${during}`;
    mined.set(key, (mined.get(key) ?? new Set()).add(hash));
    if (receipt.status === "reverted") broken.push(`${key} was mined and refused (${hash})`);
  }
  for (const [key, { size }] of mined) if (size > 1) broken.push(`${key} was mined ${size} times`);
  return broken;
}

/** Whatever left the node, mined or not: one commitment a round, and one opening. */
async function equivocations(stage: Stage): Promise<string[]> {
  const said = new Map<string, Set<string>>();
  for (const { functionName, during, args } of sentIn(stage)) {
    if (!OF_A_ROUND.includes(functionName)) continue;
    const key = `${functionName} for ${during}`;
    said.set(key, (said.get(key) ?? new Set()).add(JSON.stringify(args, plain)));
  }
  return [...said].filter(([, { size }]) => size > 1).map(([key, { size }]) => `${key} was sent in ${size} versions`);
}

/** What left the node since the scenario began. */
function sentIn({ victim, sentBefore }: Stage): readonly SignedCall[] {
  return victim.proxy.sent.slice(sentBefore);
}

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}` : value);

/** Every round is final, and in each the node did what it owed: so no salt was lost, and no work. */
async function dutiesUndone({ network, victim, taskId }: Stage, played: Played): Promise<string[]> {
  const { firstRound, lastRound, missed } = played;
  const { admin, deployment } = network.local;
  const fromBlock = (await network.readRound(taskId, firstRound)).openedAtBlock;
  const where = { address: deployment.contracts.flContract, abi: ABIS.flContract, fromBlock, strict: true } as const;
  const logs = (await admin.chain.client.getContractEvents(where)) as readonly RoundLog[];
  const [commitment, opening] =
    victim.role === "trainer" ? ["UpdateCommitted", "UpdateRevealed"] : ["VerdictCommitted", "VerdictRevealed"];
  const broken: string[] = [];
  for (let round = firstRound; round <= lastRound; round++) {
    const { phase, acceptedBitmap } = await network.readRound(taskId, round);
    if (phase !== "Final") broken.push(`round ${round} is ${phase}`);
    const find = (event: string | undefined): RoundLog | undefined =>
      logs.find(
        ({ eventName, args }) =>
          eventName === event &&
          args.taskId === taskId &&
          args.round === round &&
          (args.trainer ?? args.auditor)?.toLowerCase() === victim.address.toLowerCase(),
      );
    const opened = find(opening);
    if (find(commitment) === undefined) {
      if (round !== missed) broken.push(`round ${round}: it never committed`);
    } else if (opened === undefined) broken.push(`round ${round}: committed and never opened`);
    const { index } = opened?.args ?? {};
    const isRefused = index !== undefined && ((acceptedBitmap >> BigInt(index)) & 1n) === 0n;
    if (isRefused) broken.push(`round ${round}: its update was not accepted`);
  }
  return broken;
}

interface RoundLog {
  readonly eventName: string;
  readonly args: {
    readonly taskId?: bigint;
    readonly round?: number;
    readonly trainer?: Address;
    readonly auditor?: Address;
    readonly index?: number;
  };
}

async function slashes({ network }: Stage, fromBlock: bigint): Promise<string[]> {
  const { admin, deployment } = network.local;
  const where = {
    address: deployment.contracts.nodeRegistry,
    abi: ABIS.nodeRegistry,
    fromBlock,
    strict: true,
  } as const;
  const logs = await admin.chain.client.getContractEvents({ ...where, eventName: "StakeSlashed" });
  return logs.map(({ args }) => `${args.node} was slashed, and everybody is honest`);
}

/** Every token is somewhere that we know: with a contract or with somebody who takes part. */
async function fundsLost({ network }: Stage): Promise<string[]> {
  const { admin, deployment, signal } = network.local;
  const { client } = admin.chain;
  const blockNumber = await client.getBlockNumber();
  const token = { address: deployment.contracts.cairnToken, abi: ABIS.cairnToken, blockNumber } as const;
  const owners = [...CONTRACT_NAMES.map((name) => deployment.contracts[name]), ...network.accounts()];
  signal.throwIfAborted();
  const total = await client.readContract({ ...token, functionName: "totalSupply" });
  const held = await Promise.all(
    owners.map((owner) => client.readContract({ ...token, functionName: "balanceOf", args: [owner] })),
  );
  const sum = held.reduce((a, b) => a + b, 0n);
  return sum === total ? [] : [`${total - sum} wei of CAIRN are nowhere`];
}
