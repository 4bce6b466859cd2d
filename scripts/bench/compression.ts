/**
 * Bytes of an update against what is learnt: each codec against whole weights, on LeNet-5 and on a small transformer.
 *
 * Exit code 1 when a model misses its goal, 2 for bad options. Ctrl-C ends it after the run under way; what is done is reported.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type CompressionModel, type CompressionRow, MODELS, QUICK, ROWS } from "./compression/rows.ts";
import { replaceFigures } from "./documentFigures.ts";
import { type Laboratory, openLaboratory } from "./federated/laboratory.ts";
import { type BenchOptions, parseBenchOptions, usage } from "./federated/options.ts";
import { provenance, provenanceText } from "./federated/provenance.ts";
import { createScratchFolder } from "./scratchFolder.ts";

const COMMAND = "bench:compression";
const NAMES = Object.keys(ROWS);
const QUICK_USAGE = `  --quick          ${QUICK.join("; ")}, seed 0 alone\n`;

type ModelName = keyof typeof MODELS;

interface Figure {
  /** Of one trainer in one round. */
  readonly bytes: number;
  /** After the last round, one a seed. Unit: per cent, or nats. */
  readonly results: readonly number[];
}
type Figures = Record<string, Figure>;

const args = process.argv.slice(2);
const isQuick = args.includes("--quick");
const typed = args.filter((argument) => argument !== "--quick");
const options = parseBenchOptions(
  isQuick ? [...typed, "--rules", QUICK.join(",")] : typed,
  NAMES,
  isQuick ? "0" : "0,1,2",
);
if (typeof options === "string") {
  const text = `${usage(COMMAND, NAMES)}${QUICK_USAGE}`;
  process.stderr.write(options === "" ? text : `${options}\n\n${text}`);
  process.exitCode = options === "" ? 0 : 2;
} else process.exitCode = await run(options);

/** @returns the exit code. A model's plain row is always played: the others are compared with it. */
async function run(options: BenchOptions): Promise<number> {
  let isStopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      isStopped = true;
    });
  }
  using scratch = createScratchFolder("cairn-compression-");
  const figures: Figures = {};
  for (const model of Object.keys(MODELS) as ModelName[]) {
    const names = chosen(model, options.rules);
    if (isStopped || names.length < 2) continue;
    const lab = await open(MODELS[model], options, scratch.path);
    for (const name of names) {
      if (isStopped) break;
      figures[name] = await measure(lab, ROWS[name]!, options.seeds);
      process.stderr.write(`${name}: ${JSON.stringify(figures[name])}\n`);
    }
    await lab.close();
  }
  return report(figures, options);
}

function chosen(model: ModelName, rules: readonly string[] | undefined): readonly string[] {
  const [plain, ...others] = NAMES.filter((name) => ROWS[name]!.model === model);
  return [plain!, ...others.filter((name) => rules?.includes(name) ?? true)];
}

function open(model: CompressionModel, { data, threads }: BenchOptions, cacheDir: string): Promise<Laboratory> {
  const { architecture, optimiser, batchSize } = model;
  return openLaboratory({ data: model.data(resolve(data)), cacheDir, architecture, optimiser, batchSize, threads });
}

async function measure(
  lab: Laboratory,
  { model, compression, aggregation }: CompressionRow,
  seeds: readonly number[],
): Promise<Figure> {
  const { trainers, rounds, localSteps, measure: what } = MODELS[model];
  let bytes = 0;
  const results: number[] = [];
  for (const seed of seeds) {
    const setting = { trainers, rounds, localSteps, partition: { kind: "iid" }, seed };
    const last = (await lab.run({ ...setting, aggregation, ...(compression && { compression }) })).at(-1)!;
    const { accuracy, loss } = last.evaluation!;
    bytes = last.sentBytes / last.arrived;
    results.push(what === "accuracy" ? 100 * accuracy! : (loss ?? Number.POSITIVE_INFINITY));
  }
  return { bytes, results };
}

interface Compared {
  readonly name: string;
  readonly bytes: number;
  readonly ratio: number;
  readonly results: readonly number[];
  readonly mean: number;
  /** Against whole weights under FedAvg. Unit: points of accuracy, or per cent of the loss. */
  readonly lost: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function compare(model: ModelName, figures: Figures): readonly Compared[] {
  const rows = NAMES.filter((name) => ROWS[name]!.model === model && figures[name] !== undefined);
  if (rows.length === 0) return [];
  const plain = figures[rows[0]!]!;
  const best = mean(plain.results);
  return rows.map((name) => {
    const { bytes, results } = figures[name]!;
    const own = mean(results);
    const lost = MODELS[model].measure === "accuracy" ? best - own : (100 * (own - best)) / best;
    return { name: name.slice(model.length + 1), bytes, ratio: plain.bytes / bytes, results, mean: own, lost };
  });
}

function report(figures: Figures, { seeds, json, markdown }: BenchOptions): number {
  const source = provenance();
  const parts = (Object.keys(MODELS) as ModelName[])
    .map((model) => ({ model, rows: compare(model, figures) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ model, rows }) => ({ model, rows, ...verdict(model, rows) }));
  const text = [
    `Seeds ${seeds.join(", ")}. ${provenanceText(source)}`,
    ...parts.map(({ model, rows, sentence }) => `${table(MODELS[model], rows)}\n\n- ${sentence}`),
  ].join("\n\n");
  process.stdout.write(`${text}\n`);
  const verdicts = Object.fromEntries(parts.map(({ model, isMet, rows }) => [model, { isMet, rows }]));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ seeds, ...source, ...verdicts }, null, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, replaceFigures(readFileSync(markdown, "utf8"), COMMAND, text));
  return parts.every(({ isMet }) => isMet) ? 0 : 1;
}

function table({ title, measure: what }: CompressionModel, rows: readonly Compared[]): string {
  const [result, lost, digits] = what === "accuracy" ? ["accuracy, %", "points lost", 2] : ["loss, nats", "% worse", 4];
  const lines = rows.map(({ name, bytes, ratio, results, mean: own, lost: less }) => {
    const each = results.length === 1 ? "" : ` (${results.map((one) => one.toFixed(digits)).join(", ")})`;
    return `| ${name} | ${bytes} | ${ratio.toFixed(1)}× | ${own.toFixed(digits)}${each} | ${less.toFixed(2).replace("-", "−")} |`;
  });
  return [
    `**${title}**`,
    "",
    `| codec | bytes a trainer and round | fewer | ${result} | ${lost} |`,
    "| --- | ---: | ---: | ---: | ---: |",
    ...lines,
  ].join("\n");
}

/** Of the rows with few enough bytes the one that lost least. */
function verdict(model: ModelName, rows: readonly Compared[]): { readonly isMet: boolean; readonly sentence: string } {
  const { measure: what, goal } = MODELS[model];
  const best = rows.filter(({ ratio }) => ratio >= goal.ratio).sort((left, right) => left.lost - right.lost)[0];
  const isMet = best !== undefined && best.lost <= goal.mostLost;
  const unit = what === "accuracy" ? " points" : " % of the loss";
  const found =
    best === undefined
      ? "no row has"
      : `${best.name} has ${best.ratio.toFixed(1)}× and loses ${best.lost.toFixed(2).replace("-", "−")}${unit};`;
  const sentence = `${isMet ? "✔" : "✖"} ${found} the goal is ${goal.ratio}× or more with at most ${goal.mostLost}${unit} lost`;
  return { isMet, sentence };
}
