/** A machine whose clock is wrong: a node goes by the chain's. */
import type { Played, Scenario, Stage, Subject } from "../scenario.ts";
import { ROUND_MS, startAgain } from "./recovery.ts";

const SKEW_MS = 600_000;

export const CLOCK_FAULTS: readonly Scenario[] = (["trainer", "auditor"] as const).flatMap((subject) => [
  skewed(subject, "fast", SKEW_MS),
  skewed(subject, "slow", -SKEW_MS),
]);

function skewed(subject: Subject, name: string, skewMs: number): Scenario {
  return {
    name: `clock.${name}.${subject}`,
    about: `Killed, and started again with a clock that is ten minutes ${name}`,
    subject,
    play: (stage) => playSkewed(stage, skewMs),
  };
}

async function playSkewed(stage: Stage, skewMs: number): Promise<Played> {
  const { network, victim, taskId } = stage;
  const restart = async (ms: number): Promise<number> => {
    victim.kill();
    await victim.ended();
    victim.skewClock(ms);
    return startAgain(stage);
  };
  const firstRound = await network.currentRound(taskId);
  const recoveriesMs = [await restart(skewMs)];
  await network.roundOver(taskId, firstRound + 1, ROUND_MS);
  recoveriesMs.push(await restart(0));
  const lastRound = firstRound + 2;
  await network.roundOver(taskId, lastRound, ROUND_MS);
  return { firstRound: Math.max(1, firstRound), lastRound, recoveriesMs };
}
