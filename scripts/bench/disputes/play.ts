/** Plays games over one network: lies of one word, which are proven, and one challenge for nothing, which is lost. */

import { setUp } from "../../../test/contracts/support/cairn.ts";
import {
  acceptUpdate,
  type PlayedGame,
  playGame,
  runOf,
  type Scenario,
  setUpDispute,
  updateOf,
} from "../../../test/contracts/support/dispute.ts";
import { lastRound } from "../../../test/contracts/support/round.ts";
import type { DisputeRun, Fault } from "../../../trainer/src/audit/dispute/disputeRun.ts";
import type { Side } from "../../../trainer/src/audit/dispute/game.ts";
import { createBestExecutor } from "../../../trainer/src/compute/createExecutor.ts";
import { createRandomStream, type RandomStream } from "../../../trainer/src/engine/philox.ts";
import { trainLocally } from "../../../trainer/src/learning/localTraining.ts";
import { plannedPart, plannedShards } from "../../../trainer/src/learning/plannedTraining.ts";
import { toHex } from "../../../trainer/src/protocol/hex.ts";
import type { DisputeModel } from "./models.ts";

export interface DisputeFigures {
  readonly title: string;
  readonly games: number;
  readonly honestWins: number;
  /** Of the dearest game. */
  readonly gas: Readonly<Record<Side, number>>;
  /** Running the last instruction, where nobody is slashed for it. */
  readonly leafGas: number;
  /** The same with the slash, the strike and the new draw. */
  readonly provenLeafGas: number;
  readonly moves: number;
  /** On the clock, both sides' work and the chain's. */
  readonly seconds: number;
  /** Processor time of the challenger's own run and all its moves, divided by that of a plain replay. */
  readonly challengerPerReplay: number;
  /** Median gas of a move by its kind. */
  readonly gasByMove: Readonly<Record<string, number>>;
}

export async function measureDisputes(model: DisputeModel, lies: number): Promise<DisputeFigures> {
  const cairn = await setUp();
  const scenario = await setUpDispute(cairn, model.dataset, model.plan);
  const executor = await createBestExecutor(scenario.program.program, { threads: 1 });
  const replaySeconds = await replayOnce(scenario, executor);
  const runStart = process.cpuUsage();
  const honest = await runOf(scenario);
  await honest.train({ executor });
  const runSeconds = secondsSince(runStart);
  const { restore } = await cairn.networkHelpers.takeSnapshot();
  const played: PlayedGame[] = [];
  const proven: PlayedGame[] = [];
  const stream = createRandomStream(new Uint8Array(32).fill(9), model.title);
  let honestWins = 0;
  let moveSeconds = 0;
  let seconds = 0;
  for (let number = 0; number <= lies; number++) {
    const isLie = number < lies;
    const other = findLie(scenario, honest, stream);
    const update = await updateOf(scenario, isLie ? other : honest);
    await acceptUpdate(scenario, update);
    const players = isLie ? { defender: other, challenger: honest } : { defender: honest, challenger: other };
    const start = performance.now();
    const game = await playGame(scenario, update, players);
    seconds = Math.max(seconds, (performance.now() - start) / 1_000);
    if (game.outcome === (isLie ? "Disproven" : "Upheld")) honestWins++;
    if (isLie) {
      proven.push(game);
      moveSeconds = Math.max(moveSeconds, game.challengerSeconds);
    }
    played.push(game);
    await restore();
  }
  honest.dispose();
  executor.dispose();
  const leaf = ({ transcript }: PlayedGame): number => transcript.find(({ name }) => name === "settle")?.gas ?? 0;
  const most = (of: (game: PlayedGame) => number, games = played): number => Math.max(...games.map(of));
  return {
    title: model.title,
    games: played.length,
    honestWins,
    gas: { challenger: most(({ gas }) => gas.challenger), defender: most(({ gas }) => gas.defender) },
    leafGas: leaf(played.at(-1)!),
    provenLeafGas: most(leaf, proven),
    moves: most(({ moves }) => moves),
    seconds,
    challengerPerReplay: (runSeconds + moveSeconds) / replaySeconds,
    gasByMove: gasByMove(played),
  };
}

/** @returns processor seconds of what an auditor does anyway. */
async function replayOnce(scenario: Scenario, executor: Awaited<ReturnType<typeof createBestExecutor>>) {
  const { plan, dataset, base, taskId, cairn } = scenario;
  const { seed: roundSeed } = await lastRound(cairn, taskId);
  const shards = plannedShards(plan, dataset.labels("train"));
  const part = plannedPart(plan, shards, { roundSeed, taskId, round: 1, slot: 0 });
  const job = { executor, records: dataset.train, base, ...part };
  await trainLocally({ ...job, localSteps: 5, traceStride: 5 }); // warm
  const start = process.cpuUsage();
  await trainLocally(job);
  return secondsSince(start);
}

/** One wrong word in the last tenth of the run, whose end is another than the honest one's. */
function findLie(scenario: Scenario, honest: DisputeRun, stream: RandomStream): DisputeRun {
  const { plan, program } = scenario;
  for (;;) {
    const step = plan.localSteps - 1 - stream.nextBelow(Math.ceil(plan.localSteps / 10));
    const write = 2 + stream.nextBelow(program.writes.length - 2);
    const element = stream.nextBelow(program.writes[write]!.slot.length);
    const fault: Fault = { step, write, element, mask: 1 << (10 + stream.nextBelow(12)) };
    const liar = honest.lyingAt(fault);
    if (toHex(liar.stateRoot(plan.localSteps)) !== toHex(honest.stateRoot(plan.localSteps))) return liar;
  }
}

function gasByMove(games: readonly PlayedGame[]): Record<string, number> {
  const byName = new Map<string, number[]>();
  for (const { name, gas } of games.flatMap(({ transcript }) => transcript)) {
    byName.set(name, [...(byName.get(name) ?? []), gas]);
  }
  return Object.fromEntries([...byName].map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1]!]));
}

function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
