/**
 * Compares the engines on this machine: training throughput, start, memory and the bits of the weights, on four models;
 * and what a replay costs against the training it checks. Prints tables; `--json FILE` writes the same figures.
 *
 * A measurement, not a test: other work on the machine makes it lower. But it fails when two of our engines differ in a bit.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { replaceFigures } from "./documentFigures.ts";
import { benchModel } from "./models.ts";
import { createScratchFolder } from "./scratchFolder.ts";
import { disagreements, figuresOf, type ModelFigures } from "./speed/figures.ts";
import { judgeGoals } from "./speed/goals.ts";
import { type Conditions, renderMarkdown } from "./speed/markdown.ts";
import { measureModel } from "./speed/measureModel.ts";
import { type EngineOptions, parseOptions, USAGE } from "./speed/options.ts";
import { measureReplay, type ReplayFigure } from "./speed/replayFigure.ts";
import { findTorch, hasTensorflow, listSubjects, type Subject } from "./speed/subjects.ts";
import { renderTables } from "./speed/table.ts";
import { blasCore } from "./torch/environment.ts";
import { createWorkload, writeWorkload } from "./workload.ts";

/** Processes that want to run, averaged over a minute, from which on figures are not to be trusted. */
const BUSY_LOAD = 0.5;

const options = parseOptions(process.argv.slice(2), process.env);
process.exitCode = typeof options === "string" ? refuse(options) : await run(options);

function refuse(problem: string): number {
  process.stderr.write(problem === "" ? USAGE : `${problem}\n\n${USAGE}`);
  return problem === "" ? 0 : 2;
}

/** @returns the exit code: 1 when our engines' weights differ, or an engine computes another network. */
async function run(options: EngineOptions): Promise<number> {
  const cpu = cpus()[0]?.model ?? "unknown";
  const conditions = { cpu, cores: cpus().length, node: process.version, load: loadavg()[0]! };
  const { cores, node, load } = conditions;
  print(`${cpu}, ${cores} cores · Node ${node}`);
  if (load > BUSY_LOAD)
    print(`Other work runs here (load ${load.toFixed(1)}): the figures are lower than they could be.`);
  const models = await measureModels(options, findSubjects(options));
  const titles = Object.fromEntries(options.models.map((name) => [name, benchModel(name).title]));
  for (const line of renderTables(models, titles)) print(line);
  print("\nAgainst the goals");
  for (const { isMet, sentence } of judgeGoals(models, titles)) print(`${isMet ? "✔" : "✖"} ${sentence}`);
  const localRound = await measureReplay();
  const { steps, trainSeconds, replayPerTrain } = localRound;
  const train = `${(1_000 * trainSeconds).toFixed(1)} ms`;
  print(
    `\nA trainer's round of ${steps} steps with trace takes ${train}, its replay ${replayPerTrain.toFixed(2)} of that.`,
  );
  writeFigures(options, { conditions, models, titles, localRound });
  const different = disagreements(models);
  for (const where of different) print(`✖ ${where}`);
  return different.length === 0 ? 0 : 1;
}

interface Figures {
  readonly conditions: Conditions;
  readonly models: Readonly<Record<string, ModelFigures>>;
  readonly titles: Readonly<Record<string, string>>;
  readonly localRound: ReplayFigure;
}

function writeFigures({ json, markdown }: EngineOptions, { conditions, models, titles, localRound }: Figures): void {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...conditions, models, localRound }, null, 2)}\n`);
  if (markdown === undefined) return;
  const figures = renderMarkdown(models, titles, conditions);
  writeFileSync(markdown, replaceFigures(readFileSync(markdown, "utf8"), "bench:engine", figures));
}

/** Looks for PyTorch and TensorFlow.js, and says when there is none. */
function findSubjects({ engines, threads, pythons, tfjs }: EngineOptions): Subject[] {
  const python = engines.includes("torch") ? findTorch(pythons) : undefined;
  if (engines.includes("torch") && python === undefined)
    print(`PyTorch: skipped, none of ${pythons.join(", ")} can import it`);
  if (python !== undefined) print(`PyTorch's matrix products: ${blasCore().text}`);
  const folder = tfjs === undefined ? undefined : resolve(tfjs);
  const hasFolder = folder !== undefined && hasTensorflow(folder);
  if (engines.includes("tfjs") && !hasFolder)
    print(`TensorFlow.js: skipped, ${folder === undefined ? "no --tfjs DIR" : `it is not in ${folder}`}`);
  const subjects = listSubjects({ threads, python, tfjs: hasFolder ? folder : undefined });
  return subjects.filter(({ kind }) => engines.includes(kind));
}

async function measureModels(
  { models, seconds, rounds, hashSteps }: EngineOptions,
  subjects: readonly Subject[],
): Promise<Record<string, ModelFigures>> {
  using root = createScratchFolder("cairn-bench-");
  const figures: Record<string, ModelFigures> = {};
  for (const name of models) {
    const model = benchModel(name);
    print(`\n${model.title}, batch ${model.batchSize}`);
    const folder = join(root.path, name);
    writeWorkload(folder, createWorkload(model));
    const log = (line: string): void => print(`  ${line}`);
    figures[name] = figuresOf(await measureModel(folder, subjects, { seconds, rounds, hashSteps, log }));
  }
  return figures;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
