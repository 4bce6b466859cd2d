/** The chain takes back its last blocks, with all that was in them. Everybody sees it, so these are played alone. */
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS, until } from "./recovery.ts";

export const REORGS: readonly Scenario[] = (["trainer", "auditor"] as const).flatMap((subject) =>
  [1, 12].map((blocks) => reorg(subject, blocks)),
);

function reorg(subject: Subject, blocks: number): Scenario {
  const committing = subject === "trainer" ? "commitUpdate" : "commitVerdict";
  return {
    name: `reorg.${blocks}.${subject}`,
    about: `The chain takes back ${blocks === 1 ? "the block" : `${blocks} blocks, the first of them the one`} with its ${committing}`,
    subject,
    isAlone: true,
    play: (stage) => takenBack(stage, committing, BigInt(blocks)),
  };
}

async function takenBack(stage: Stage, committing: string, blocks: bigint): Promise<Played> {
  const { network, victim, taskId, signal } = stage;
  const { proxy } = victim;
  let undone: string | undefined;
  let before = 0n;
  const head = async (): Promise<bigint> => BigInt((await proxy.forward("eth_blockNumber", [])).result as string);
  proxy.disturb(async ({ signed }, forward) => {
    if (undone !== undefined || signed?.functionName !== committing) return forward();
    before = await head();
    undone = (await proxy.forward("evm_snapshot", [])).result as string;
    return forward();
  });
  await until(stage, "it never committed", () => undone !== undefined, ROUND_MS);
  while ((await head()) < before + blocks) await pause(20, signal);
  const { result } = await proxy.forward("evm_revert", [undone]);
  if (result !== true) throw new Error("the chain did not take its blocks back");
  proxy.disturb(undefined);
  const firstRound = await network.currentRound(taskId);
  const takenBackMs = performance.now();
  const lastRound = firstRound + 1;
  await network.roundOver(taskId, firstRound, ROUND_MS);
  const recoveredMs = performance.now() - takenBackMs;
  await network.roundOver(taskId, lastRound, ROUND_MS);
  return { firstRound, lastRound, recoveriesMs: [recoveredMs] };
}
