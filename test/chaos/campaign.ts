/** Plays scenarios on one network: those of different nodes side by side, those of one node one after the other. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createChance } from "./chance.ts";
import { type ChaosNetwork, openChaosNetwork } from "./network/chaosNetwork.ts";
import { brokenInvariants } from "./network/invariants.ts";
import type { Scenario, ScenarioResult, Stage, Subject } from "./scenario.ts";
import { isAtWork, RECOVERY_MS, startAgain } from "./scenarios/recovery.ts";

export interface CampaignOptions {
  readonly seed: number;
  readonly onResult?: (result: ScenarioResult) => void;
}

const SUBJECTS: readonly Subject[] = ["trainer", "auditor", "newcomer"];

/** @returns one result for each scenario, in the order in which they ended. */
export async function playCampaign(
  scenarios: readonly Scenario[],
  { seed, onResult = () => {} }: CampaignOptions,
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  const network = await openChaosNetwork();
  try {
    const play = async (some: readonly Scenario[]): Promise<void> => {
      for (const scenario of shuffled(some, seed)) {
        const result = await playScenario(network, scenario, seed);
        results.push(result);
        onResult(result);
      }
    };
    const besideOthers = scenarios.filter(({ isAlone = false }) => !isAlone);
    await Promise.all(SUBJECTS.map((lane) => play(besideOthers.filter(({ subject }) => subject === lane))));
    await play(scenarios.filter(({ isAlone = false }) => isAlone));
    return results;
  } finally {
    await network.stop();
  }
}

function shuffled(scenarios: readonly Scenario[], seed: number): Scenario[] {
  const chance = createChance(seed, "order");
  const rest = [...scenarios];
  return scenarios.map(() => rest.splice(chance.between(0, rest.length - 1), 1)[0]!);
}

async function playScenario(network: ChaosNetwork, scenario: Scenario, seed: number): Promise<ScenarioResult> {
  const startedMs = performance.now();
  const { subject, name } = scenario;
  const end = (recoveriesMs: readonly number[], broken: readonly string[]): ScenarioResult => ({
    ...{ scenario: name, seed, passed: broken.length === 0, seconds: (performance.now() - startedMs) / 1_000 },
    ...{ recoveriesMs, broken },
  });
  const { signal, admin } = network.local;
  const fromBlock = await admin.chain.client.getBlockNumber();
  const place =
    subject === "newcomer"
      ? await network.newcomer()
      : { victim: await network.resident(subject), taskId: network.taskId };
  const stage: Stage = {
    network,
    chance: createChance(seed, name),
    signal,
    ...place,
    sentBefore: place.victim.proxy.sent.length,
  };
  try {
    if (subject !== "newcomer") await stage.victim.event(isAtWork, RECOVERY_MS); // what is hurt has to stand first
    const played = await scenario.play(stage);
    const broken = await brokenInvariants(stage, played, fromBlock);
    return end(played.recoveriesMs, await withTraces(stage, broken, name));
  } catch (error) {
    if (signal.aborted) throw error;
    return end([], await withTraces(stage, [error instanceof Error ? error.message : String(error)], name));
  } finally {
    await leaveWell(stage, subject);
  }
}

/** Where something broke, the node's folder with the logs of its processes outlives the network. */
async function withTraces({ victim }: Stage, broken: readonly string[], name: string): Promise<readonly string[]> {
  if (broken.length === 0) return broken;
  const kept = await mkdtemp(join(tmpdir(), `cairn-chaos-${name}-`));
  await cp(dirname(victim.dataDir), kept, { recursive: true });
  return [...broken, `the node's folder and logs: ${kept}`];
}

/** Whatever was done to it, the next scenario finds the resident at work; a newcomer is not needed any more. */
async function leaveWell(stage: Stage, subject: Subject): Promise<void> {
  const { victim } = stage;
  victim.proxy.disturb(undefined);
  victim.disturbDisk(undefined);
  if (subject === "newcomer") return victim.kill();
  if (!victim.isRunning()) await startAgain(stage).catch(() => {}); // the next one will say so
}
