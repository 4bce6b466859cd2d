/**
 * Trains three models to the end with our engine and with PyTorch: the same first weights, the same examples in the same
 * order, the same rates. Compares what came of it; where there is no PyTorch, with the committed figures of one.
 *
 * Exit code 1 when a goal is missed, 2 for bad options.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createBestExecutor } from "../../trainer/src/compute/createExecutor.ts";
import type { Dataset } from "../../trainer/src/data/dataset.ts";
import { openDataset } from "../../trainer/src/data/openDataset.ts";
import { readCommitted, writeCommitted } from "./accuracy/committed.ts";
import { type Comparison, describeOutcomes, judge, ROW_HEAD, renderRow } from "./accuracy/compare.ts";
import { type AccuracyOptions, parseAccuracyOptions, USAGE } from "./accuracy/options.ts";
import { type AccuracyTask, TASKS } from "./accuracy/tasks.ts";
import { trainThere } from "./accuracy/torchProcess.ts";
import {
  createTraining,
  fingerprint,
  type Outcome,
  type Training,
  trainHere,
  writeTraining,
} from "./accuracy/training.ts";
import { replaceFigures } from "./documentFigures.ts";
import { createScratchFolder } from "./scratchFolder.ts";
import { findTorch } from "./speed/subjects.ts";
import { blasCore } from "./torch/environment.ts";

const options = parseAccuracyOptions(process.argv.slice(2), process.env);
process.exitCode = typeof options === "string" ? refuse(options) : await run(options);

function refuse(problem: string): number {
  process.stderr.write(problem === "" ? USAGE : `${problem}\n\n${USAGE}`);
  return problem === "" ? 0 : 2;
}

/** @returns the exit code. */
async function run(options: AccuracyOptions): Promise<number> {
  const python = findTorch(options.pythons);
  if (python === undefined) print("PyTorch: skipped, no Python here can import it; compared with committed figures");
  else print(`PyTorch's matrix products: ${blasCore().text}`);
  using folder = createScratchFolder("cairn-accuracy-");
  const scratch = folder.path;
  let missed = 0;
  const rows: string[] = [];
  for (const task of TASKS.filter(({ name }) => options.tasks.includes(name))) {
    print(`\n${task.title}`);
    const dataset = await open(task, options.data, scratch);
    if (typeof dataset === "string") {
      print(`  skipped: ${dataset}`);
      continue;
    }
    const comparison = await compare(task, dataset, { ...options, python, scratch });
    dataset.close();
    rows.push(renderRow(task.title, comparison));
    if (judge(comparison).isMet === false) missed++;
  }
  const { markdown } = options;
  if (markdown !== undefined) {
    const document = readFileSync(markdown, "utf8");
    writeFileSync(markdown, replaceFigures(document, "bench:accuracy", [...ROW_HEAD, ...rows].join("\n")));
  }
  return missed === 0 ? 0 : 1;
}

/** @returns the data set, or why there is none. */
async function open(task: AccuracyTask, folder: string, cacheDir: string): Promise<Dataset | string> {
  try {
    return await openDataset(task.reference(resolve(folder)), { cacheDir });
  } catch (error) {
    return (error as Error).message;
  }
}

interface Means extends AccuracyOptions {
  readonly python: string | undefined;
  readonly scratch: string;
}

/** Trains here and there, and prints what came of it. */
async function compare(task: AccuracyTask, dataset: Dataset, means: Means): Promise<Comparison> {
  const trainings = task.seeds.map((seed) => createTraining(task, dataset, seed));
  const ours: Outcome[] = [];
  for (const training of trainings) ours.push(await train(training, means));
  print(`  ours     ${describeOutcomes(ours)}`);
  const torch = await outcomesOfTorch(task, trainings, means);
  if (torch.length > 0) print(`  PyTorch  ${describeOutcomes(torch)}`);
  const comparison = { goal: task.goal, ours, torch };
  const { isMet, sentence } = judge(comparison);
  print(`${isMet === undefined ? " " : isMet ? "✔" : "✖"} ${sentence}`);
  return comparison;
}

async function train(training: Training, { threads, kind }: Means): Promise<Outcome> {
  const executor = await createBestExecutor(training.program, { threads, ...(kind === undefined ? {} : { kind }) });
  const start = performance.now();
  const outcome = await trainHere(executor, training, (step, loss) => {
    if (step % 100 > 0) return;
    const seconds = Math.round((performance.now() - start) / 1_000);
    process.stderr.write(`step ${step} of ${training.steps}, loss ${loss.toFixed(4)}, ${seconds} s\n`);
  });
  executor.dispose();
  return outcome;
}

/** Trains in PyTorch, or looks up what came of it elsewhere; empty when neither is there. */
async function outcomesOfTorch(task: AccuracyTask, trainings: readonly Training[], means: Means): Promise<Outcome[]> {
  const { python, threads, scratch, update } = means;
  const key = await fingerprint(trainings);
  if (python === undefined) {
    const outcomes = readCommitted(task.name, key);
    if (outcomes === undefined) print("  the committed figure is of another training");
    return outcomes ?? [];
  }
  const outcomes: Outcome[] = [];
  for (const training of trainings) {
    const folder = join(scratch, "training");
    writeTraining(folder, training);
    outcomes.push(await trainThere(python, folder, threads));
    rmSync(folder, { recursive: true });
  }
  if (update) writeCommitted(task.name, key, outcomes);
  return outcomes;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
