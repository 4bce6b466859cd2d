/** Plays a prepared simulation into its folder: checkpoints, curves, tables, report. */
import { createBestExecutor, describeEngine, type ExecutorKind } from "../../compute/createExecutor.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Executor } from "../../engine/executor.ts";
import type { Parameters } from "../../engine/tensor.ts";
import { toHex } from "../../protocol/hex.ts";
import { firstState, type RoundRecord, type SimulationState, simulate } from "../../simulation/simulate.ts";
import { createThreadPool } from "../../simulation/threadPool.ts";
import type { SentUpdate } from "../../simulation/world.ts";
import type { Context } from "../command.ts";
import { compressionText, ruleText } from "../planText.ts";
import { openTensorboard } from "../training/tensorboard.ts";
import type { PreparedSimulation } from "./prepareSimulation.ts";
import { reportPage } from "./reportPage.ts";
import { roundLine, scalarsOf, toCsv } from "./roundTable.ts";
import { openSimulationFolder, type SimulationFolder } from "./simulationFolder.ts";
import { type ContributionReport, worthOf } from "./worth.ts";

export interface Play {
  readonly prepared: PreparedSimulation;
  readonly dataset: Dataset;
  /** As `openDataset` takes it. */
  readonly reference: string;
  /** The folder. */
  readonly path: string;
  readonly engine: ExecutorKind;
  readonly threads: number | undefined;
  readonly resume: boolean;
  readonly force: boolean;
}

export interface Played {
  readonly last: RoundRecord | undefined;
  /** Whether all rounds were played. */
  readonly isWhole: boolean;
  /** Path of the page. */
  readonly report: string;
}

/** Between two checkpoints. Unit: milliseconds. */
const CHECKPOINT_MS = 30_000;

/** @throws {CliError} | {SimulationError} | {LearningError} | {EngineError}; the signal's reason when stopped at once */
export async function playSimulation(context: Context, play: Play): Promise<Played> {
  const { prepared, path, resume, force } = play;
  const { plan, rounds: _, evaluateEvery: __, ...chosen } = prepared.scenario; // a longer simulation is the same one
  const identity = { plan, scenario: { ...chosen, seed: toHex(chosen.seed) } };
  const { program } = prepared;
  const { trainers } = chosen;
  const folder = await openSimulationFolder(path, { identity, program, trainers, resume, force });
  try {
    return await playInto(context, play, folder);
  } finally {
    await folder.close();
  }
}

async function playInto(context: Context, play: Play, folder: SimulationFolder): Promise<Played> {
  const { host, output, signal, finish } = context;
  const { prepared, dataset, reference, engine, threads = describeEngine().threads } = play;
  const { scenario, program } = prepared;
  const { cacheDir } = await context.config();
  const executor = await createBestExecutor(program, { kind: engine, threads: 1, signal });
  const task = { plan: scenario.plan, dataReference: reference, cacheDir, engine };
  const pool = await createThreadPool({ ...task, threads, signal });
  try {
    const scalars = await openTensorboard(folder.path, host.nowMs());
    const data = { train: dataset.train, test: dataset.test, labels: dataset.labels("train") };
    const kept = keepLastRound(prepared);
    let state = folder.from?.state ?? firstState(executor, scenario.seed);
    const records: RoundRecord[] = [...(folder.from?.records ?? [])];
    let base: Parameters = state.parameters;
    let savedMs = host.nowMs();
    for await (const { record, after } of simulate(scenario, { pool, executor, data, signal, ...kept.means }, state)) {
      base = state.parameters;
      state = after;
      records.push(record);
      await scalars(record.round, scalarsOf(record), host.nowMs());
      output.say(roundLine(record, scenario.rounds));
      if (finish.aborted) break;
      if (host.nowMs() - savedMs < CHECKPOINT_MS) continue;
      await folder.save(state, records);
      savedMs = host.nowMs();
    }
    await folder.save(state, records);
    const isWhole = state.round === scenario.rounds;
    const contribution = isWhole ? await kept.measure(executor, base, dataset) : undefined;
    const report = await writeTables(folder, prepared, { records, state, contribution, data: dataset.manifest.name });
    return { last: records.at(-1), isWhole, report };
  } finally {
    await pool.close();
    executor.dispose();
  }
}

/** Copies the updates of the last round, where their worth is asked for. */
function keepLastRound({ choices, scenario }: PreparedSimulation) {
  const updates: SentUpdate[] = [];
  const isAsked = choices.contribution === true;
  const onUpdate = (update: SentUpdate): void => {
    if (update.round === scenario.rounds) updates.push({ ...update, values: update.values.slice() });
  };
  return {
    means: isAsked ? { onUpdate } : {},
    async measure(executor: Executor, base: Parameters, { test }: Dataset): Promise<ContributionReport | undefined> {
      if (!isAsked || updates.length === 0) return undefined;
      return worthOf({ executor, validation: test, base, updates, seed: scenario.seed });
    },
  };
}

interface Tables {
  readonly records: readonly RoundRecord[];
  readonly state: SimulationState;
  readonly contribution: ContributionReport | undefined;
  readonly data: string;
}

/** @returns the page's path. */
async function writeTables(
  folder: SimulationFolder,
  { scenario, modelName }: PreparedSimulation,
  { records, contribution, data }: Tables,
): Promise<string> {
  const { plan, trainers, perRound, attack, rounds, seed } = scenario;
  const drawn = perRound === trainers ? "" : `, ${perRound} drawn a round`;
  const facts: (readonly [string, string])[] = [
    ["model", `${modelName} on ${data}`],
    ["trainers", `${trainers}${drawn}${attack === undefined ? "" : `, ${attack.count} of them ${attack.kind}`}`],
    ["aggregation", ruleText(plan.aggregation)],
    ["updates", plan.compression === undefined ? "whole weights" : compressionText(plan.compression)],
    ["rounds", `${records.length} of ${rounds}, ${plan.localSteps} local steps of ${plan.batchSize} examples each`],
    ["seed", toHex(seed)],
  ];
  await folder.write("rounds.csv", toCsv(records));
  const document = { schema: "cairn/simulation-rounds/v1", plan, rounds: records, contribution: contribution ?? null };
  await folder.write("rounds.json", `${JSON.stringify(document, null, 2)}\n`);
  await folder.write("plan.json", `${JSON.stringify(plan, null, 2)}\n`);
  const title = `Simulation of ${modelName}`;
  return folder.write("report.html", reportPage({ title, facts, records, contribution, plan }));
}
