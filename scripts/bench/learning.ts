/**
 * How well each aggregation rule learns when nobody is bad: LeNet-5 on MNIST with ten trainers, whose data differ by column.
 *
 * Exit code 1 when the best rule misses a goal, 2 for bad options.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Optimiser } from "../../trainer/src/engine/optimiser.ts";
import { replaceFigures } from "./documentFigures.ts";
import { type Laboratory, openLaboratory } from "./federated/laboratory.ts";
import { type BenchOptions, parseBenchOptions, usage } from "./federated/options.ts";
import { provenance, provenanceText } from "./federated/provenance.ts";
import { COLUMNS, type LearningRow, ROWS, SETTING } from "./learning/rules.ts";
import { createScratchFolder } from "./scratchFolder.ts";

const COMMAND = "bench:learning";
const NAMES = Object.keys(ROWS);
/** Accuracies after the last round by rule and column, one a seed. Unit: per cent. */
type Table = Record<string, Record<string, number[]>>;

const options = parseBenchOptions(process.argv.slice(2), NAMES, "0");
process.exitCode = typeof options === "string" ? refuse(options) : await run(options);

function refuse(problem: string): number {
  process.stderr.write(problem === "" ? usage(COMMAND, NAMES) : `${problem}\n\n${usage(COMMAND, NAMES)}`);
  return problem === "" ? 0 : 2;
}

/** @returns the exit code. Ctrl-C ends it after the row under way; the rows that are done are reported. */
async function run(options: BenchOptions): Promise<number> {
  let isStopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      isStopped = true;
    });
  }
  using scratch = createScratchFolder("cairn-learning-");
  const table: Table = {};
  const chosen = Object.entries(ROWS).filter(([name]) => options.rules?.includes(name) ?? true);
  for (const optimiser of new Set(chosen.map(([, row]) => row.optimiser))) {
    const lab = await open(options, optimiser, scratch.path);
    for (const [name, row] of chosen.filter(([, { optimiser: own }]) => own === optimiser)) {
      if (isStopped) break;
      table[name] = await playRow(lab, name, row, options.seeds);
    }
    await lab.close();
  }
  const done = chosen.flatMap(([name]) => (table[name] === undefined ? [] : [[name, table[name]] as const]));
  return report(Object.fromEntries(done), options);
}

function open({ data, threads }: BenchOptions, optimiser: Optimiser, cacheDir: string): Promise<Laboratory> {
  const { architecture, batchSize } = SETTING;
  return openLaboratory({
    data: `mnist:${resolve(data)}/mnist`,
    cacheDir,
    architecture,
    optimiser,
    batchSize,
    threads,
  });
}

async function playRow(
  lab: Laboratory,
  name: string,
  { aggregation }: LearningRow,
  seeds: readonly number[],
): Promise<Record<string, number[]>> {
  const cells: Record<string, number[]> = {};
  const { rounds, trainers, localSteps } = SETTING;
  for (const [column, { partition }] of Object.entries(COLUMNS)) {
    cells[column] = [];
    for (const seed of seeds) {
      const records = await lab.run({ rounds, trainers, localSteps, aggregation, partition, seed, evaluateEvery: 5 });
      cells[column].push(100 * (records.at(-1)!.evaluation!.accuracy ?? 0));
      const curve = records.flatMap(({ evaluation }) => (evaluation === undefined ? [] : [evaluation.accuracy ?? 0]));
      const text = curve.map((accuracy) => (100 * accuracy).toFixed(1)).join(" ");
      process.stderr.write(`${name}, ${column}, seed ${seed}: ${text}\n`);
    }
  }
  return cells;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report(table: Table, { seeds, json, markdown }: BenchOptions): number {
  const source = provenance();
  const columns = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
  const rows = Object.entries(table).map(
    ([name, cells]) => `| ${name} | ${columns.map((column) => mean(cells[column]!).toFixed(2)).join(" | ")} |`,
  );
  const verdicts = columns.map((column) => {
    const ranked = Object.entries(table).map(([name, cells]) => ({ name, accuracy: mean(cells[column]!) }));
    const best = ranked.reduce((most, other) => (other.accuracy > most.accuracy ? other : most));
    const { goal } = COLUMNS[column];
    const isMet = best.accuracy >= goal;
    return { isMet, sentence: `${column}: ${best.name} has ${best.accuracy.toFixed(2)}, the goal is at least ${goal}` };
  });
  const text = [
    `Seeds ${seeds.join(", ")}. ${provenanceText(source)}`,
    [`| rule | ${columns.join(" | ")} |`, `| --- | ${columns.map(() => "---:").join(" | ")} |`, ...rows].join("\n"),
    verdicts.map(({ isMet, sentence }) => `- ${isMet ? "✔" : "✖"} ${sentence}`).join("\n"),
  ].join("\n\n");
  process.stdout.write(`${text}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ seeds, ...source, table }, null, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, replaceFigures(readFileSync(markdown, "utf8"), COMMAND, text));
  return verdicts.every(({ isMet }) => isMet) ? 0 : 1;
}
