/** A disk that is full, read-only or torn, a folder that was emptied, a lock that a dead process left. */

import { globSync, statSync } from "node:fs";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { DiskFault } from "../faults/diskFault.ts";
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS, startAgain, until } from "./recovery.ts";

const FULL_MS = 8_000;

export const DISK_FAULTS: readonly Scenario[] = [
  ...(["trainer", "auditor"] as const).flatMap((subject) => [
    failing(subject, "full", "ENOSPC"),
    failing(subject, "readOnly", "EROFS"),
    failing(subject, "broken", "EIO"),
  ]),
  afterDeath("tornBlocks", "trainer", "Killed after committing; a power cut tore every block of its store", tearBlocks),
  afterDeath("lostContent", "trainer", "Killed after committing; its whole content store is gone", loseContent),
  {
    ...afterDeath("foreignLock", "trainer", "Killed; its process number belongs to another program now", takeNumber),
    isQuick: true,
  },
  afterDeath("emptyLock", "auditor", "Killed between making its lock and writing into it", emptyLock),
  {
    name: "disk.fullAtStart",
    about: "The disk is full when the node is started for the first time; then there is room, and it is started again",
    subject: "newcomer",
    play: fullAtStart,
  },
];

function failing(subject: Subject, name: string, effect: DiskFault["effect"]): Scenario {
  return {
    name: `disk.${name}.${subject}`,
    about: `Everything that writes fails with ${effect} for eight seconds`,
    subject,
    async play(stage): Promise<Played> {
      const { network, victim, taskId, chance, signal } = stage;
      await pause(chance.between(0, 4_000), signal);
      const firstRound = Math.max(1, await network.currentRound(taskId));
      victim.disturbDisk({ path: ".", operation: "any", moment: "before", effect });
      await pause(FULL_MS, signal);
      victim.disturbDisk(undefined);
      const recoveriesMs = victim.isRunning() ? [] : [await startAgain(stage)];
      const lastRound = (await network.currentRound(taskId)) + 1;
      await network.roundOver(taskId, lastRound, ROUND_MS);
      return { firstRound, lastRound, recoveriesMs };
    },
  };
}

/** Kills it when its commitment is on the chain and not opened, does something to its folder, and starts it again. */
function afterDeath(name: string, subject: Subject, about: string, harm: (dataDir: string) => Promise<void>): Scenario {
  const committing = subject === "trainer" ? "commitUpdate" : "commitVerdict";
  return {
    name: `disk.${name}`,
    about,
    subject,
    async play(stage): Promise<Played> {
      const { network, victim, taskId } = stage;
      let dead = false;
      victim.proxy.disturb(async ({ signed }, forward) => {
        const answer = await forward();
        if (dead || signed?.functionName !== committing || answer.error !== undefined) return answer;
        dead = true;
        victim.kill();
        return undefined;
      });
      await until(stage, "it never committed", () => !victim.isRunning(), ROUND_MS);
      victim.proxy.disturb(undefined);
      await harm(victim.dataDir);
      const firstRound = await network.currentRound(taskId);
      const recoveriesMs = [await startAgain(stage)];
      await network.roundOver(taskId, firstRound, ROUND_MS);
      return { firstRound, lastRound: firstRound, recoveriesMs };
    },
  };
}

async function tearBlocks(dataDir: string): Promise<void> {
  const blocks = globSync("content/blocks/**/*.data", { cwd: dataDir }).map((name) => join(dataDir, name));
  if (blocks.length === 0) throw new Error("there is no block to tear");
  for (const block of blocks) await truncate(block, statSync(block).size >> 1);
}

function loseContent(dataDir: string): Promise<void> {
  return rm(join(dataDir, "content"), { recursive: true });
}

/** This process lives, and is no node: what a restarted machine does with numbers. */
async function takeNumber(dataDir: string): Promise<void> {
  const lock = join(dataDir, "node.lock");
  await writeFile(lock, (await readFile(lock, "utf8")).replace(/^\d+/, `${process.pid}`));
}

function emptyLock(dataDir: string): Promise<void> {
  return writeFile(join(dataDir, "node.lock"), "");
}

async function fullAtStart(stage: Stage): Promise<Played> {
  const { network, victim, taskId } = stage;
  victim.disturbDisk({ path: ".", operation: "any", moment: "before", effect: "ENOSPC" });
  victim.start();
  const exitCode = await victim.ended();
  if (exitCode === 0 || exitCode === null) throw new Error(`it ended with exit code ${exitCode} on a full disk`);
  victim.disturbDisk(undefined);
  const recoveriesMs = [await startAgain(stage)];
  await network.roundOver(taskId, 1, ROUND_MS);
  return { firstRound: 1, lastRound: 1, recoveriesMs };
}
