/** What most scenarios have in common: the node comes back, and the round in which it was hurt ends. */
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { NodeEvent } from "../../../trainer/src/node/nodeEvent.ts";
import type { Stage } from "../scenario.ts";

/** Most that a node may need to be at work again. Unit: milliseconds. */
export const RECOVERY_MS = 60_000;

/** All phases of a round, and a busy machine. Unit: milliseconds. */
export const ROUND_MS = 150_000;

/** @returns how long it took until the node was at work: it tells its task's phase, or that nothing is left to do. Unit: milliseconds. */
export async function startAgain({ victim }: Stage, flags: readonly string[] = []): Promise<number> {
  const startedMs = performance.now();
  victim.start(flags);
  await victim.event(isAtWork, RECOVERY_MS);
  return performance.now() - startedMs;
}

export function isAtWork({ event }: NodeEvent): boolean {
  return event === "phase" || event === "stopped";
}

/** Starts the node again after a while of chance; now and then it is killed once more while it recovers. */
export async function recover(stage: Stage): Promise<number[]> {
  const { victim, chance, signal } = stage;
  await pause(chance.between(0, 500), signal);
  if (chance.oneIn(3)) {
    victim.start();
    await pause(chance.between(200, 2_500), signal);
    victim.kill();
    await victim.ended();
  }
  return [await startAgain(stage)];
}

/** Waits until `condition` holds. @throws when it does not in time */
export async function until(stage: Stage, what: string, condition: () => boolean, withinMs: number): Promise<void> {
  const untilMs = performance.now() + withinMs;
  while (!condition()) {
    stage.signal.throwIfAborted();
    if (performance.now() > untilMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(20, stage.signal);
  }
}
