/** A process that stands still: the machine slept, swapped, or was moved. */
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { Played, Scenario, Stage } from "../scenario.ts";
import { ROUND_MS, until } from "./recovery.ts";

export const FREEZES: readonly Scenario[] = [
  ...(["trainer", "auditor"] as const).map(
    (subject): Scenario => ({
      name: `freeze.short.${subject}`,
      about: "Stands still for four to eight seconds, well within a phase",
      subject,
      play: short,
    }),
  ),
  {
    name: "freeze.beyondCommit",
    about: "Stands still with its commitment in hand until the phase is over, then goes on",
    subject: "trainer",
    play: beyondCommit,
  },
];

async function short(stage: Stage): Promise<Played> {
  const { network, victim, taskId, chance, signal } = stage;
  await pause(chance.between(0, 4_000), signal);
  const firstRound = Math.max(1, await network.currentRound(taskId));
  victim.freeze();
  await pause(chance.between(4_000, 8_000), signal);
  victim.thaw();
  const lastRound = (await network.currentRound(taskId)) + 1;
  await network.roundOver(taskId, lastRound, ROUND_MS);
  return { firstRound, lastRound, recoveriesMs: [] };
}

/** What it holds is for a phase that is over: it must not send it any more, and take part in the next round. */
async function beyondCommit(stage: Stage): Promise<Played> {
  const { network, victim, taskId, signal } = stage;
  let frozen = 0;
  victim.proxy.disturb(async ({ signed }, forward) => {
    if (frozen > 0 || signed?.functionName !== "commitUpdate") return forward();
    frozen = Number(signed.during.split("/")[1]);
    victim.freeze();
    return undefined;
  });
  await until(stage, "it never committed", () => frozen > 0, ROUND_MS);
  while ((await network.readRound(taskId, frozen)).phase === "Commit") await pause(200, signal);
  victim.thaw();
  victim.proxy.disturb(undefined);
  await network.roundOver(taskId, frozen, ROUND_MS);
  await network.roundOver(taskId, frozen + 1, ROUND_MS);
  return { firstRound: frozen, lastRound: frozen + 1, recoveriesMs: [], missed: frozen };
}
