/**
 * Compiles the contracts that are not compiled yet, one process at a time.
 *
 * Hardhat writes the record of what it has compiled to one temporary file and renames it, even where there was nothing to
 * compile: of two processes that do so at once the slower one finds its file gone and fails. Test files run side by side
 * and two demonstrations may, so builds take turns.
 */
import { config, tasks } from "hardhat";
import { pause } from "../trainer/src/chain/deadline.ts";
import { type FolderLock, lockFolder } from "../trainer/src/node/lock.ts";
import { NodeError } from "../trainer/src/node/nodeError.ts";

/** A build of everything takes about twenty seconds on a slow machine. Unit: milliseconds. */
const TURN_LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 50;

/** @throws {NodeError} `NODE_ALREADY_RUNNING` when another process builds for three minutes; whatever Hardhat throws */
export async function buildContracts(): Promise<void> {
  const turn = await takeTurn(config.paths.cache, AbortSignal.timeout(TURN_LIMIT_MS));
  try {
    await tasks.getTask("build").run({ quiet: true });
  } finally {
    await turn.release();
  }
}

async function takeTurn(folder: string, signal: AbortSignal): Promise<FolderLock> {
  for (;;) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      const isTaken = error instanceof NodeError && error.detail.code === "NODE_ALREADY_RUNNING";
      if (!isTaken || signal.aborted) throw error;
    }
    await pause(LOOK_EVERY_MS, signal); // when time is up, the lock's own error says who holds it
  }
}
