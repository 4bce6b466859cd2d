/**
 * What a simulation of many trainers costs: rounds a second, time beyond the trainings themselves, and the most memory held.
 *
 * Each case runs in a process of its own, since the most memory is that of a process's whole life. Exit code 1 when a goal is
 * missed, 2 for bad options.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { replaceFigures } from "./documentFigures.ts";
import { openLaboratory } from "./federated/laboratory.ts";
import { parseBenchOptions, usage } from "./federated/options.ts";
import { provenance, provenanceText } from "./federated/provenance.ts";
import { createScratchFolder } from "./scratchFolder.ts";

const COMMAND = "bench:simulate";
const SETTING = { architecture: "lenet5", batchSize: 16, localSteps: 2, rounds: 10, shards: 250 } as const;
const CASES = {
  "1,000 trainers, FedAvg": { trainers: 1_000, perRound: 1_000, aggregation: { kind: "fedavg" } },
  "1,000 trainers, default rule": { trainers: 1_000, perRound: 1_000, aggregation: { kind: "centeredClipping" } },
  "100 of 100,000 trainers a round, FedAvg": { trainers: 100_000, perRound: 100, aggregation: { kind: "fedavg" } },
} as const;
type CaseName = keyof typeof CASES;
const NAMES = Object.keys(CASES) as CaseName[];
const MOST_GIB = 1.5;
const MOST_OVERHEAD = 0.05;

interface Figures {
  readonly roundsPerSecond: number;
  readonly trainingsPerSecond: number;
  /** Time of all threads beyond the trainings, over the trainings' own. */
  readonly overhead: number;
  /** Of the whole round: training and aggregation. */
  readonly aggregationShare: number;
  readonly peakGiB: number;
  readonly accuracy: number;
}

const [mark, chosen, ...rest] = process.argv.slice(2);
const isChild = mark === "--case";
const options = parseBenchOptions(isChild ? rest : process.argv.slice(2), NAMES, "0");
if (typeof options === "string") {
  process.stderr.write(options === "" ? usage(COMMAND, NAMES) : `${options}\n\n${usage(COMMAND, NAMES)}`);
  process.exitCode = options === "" ? 0 : 2;
} else if (isChild) {
  const figures = await measure(chosen as CaseName, resolve(options.data), options.threads);
  process.stdout.write(JSON.stringify(figures));
} else process.exitCode = run();

async function measure(name: CaseName, data: string, threads: number): Promise<Figures> {
  using scratch = createScratchFolder("cairn-simulate-");
  const { architecture, batchSize, localSteps, rounds, shards } = SETTING;
  const optimiser = { type: "sgd", learningRate: 0.05, momentum: 0.9 } as const;
  const means = { data: `mnist:${data}/mnist`, cacheDir: scratch.path, architecture, optimiser, batchSize, threads };
  const lab = await openLaboratory(means);
  const setting = { ...CASES[name], rounds, localSteps, shards, partition: { kind: "iid" }, seed: 0 };
  const records = await lab.run(setting);
  await lab.close();
  const sum = (of: (record: (typeof records)[number]) => number): number =>
    records.reduce((total, record) => total + of(record), 0);
  const [training, client, aggregation] = [
    sum(({ elapsed }) => elapsed.trainingMs),
    sum(({ elapsed }) => elapsed.clientMs),
    sum(({ elapsed }) => elapsed.aggregationMs),
  ];
  const seconds = (training + aggregation) / 1_000;
  return {
    roundsPerSecond: rounds / seconds,
    trainingsPerSecond: sum(({ arrived }) => arrived) / seconds,
    overhead: (training * threads) / client - 1,
    aggregationShare: aggregation / (training + aggregation),
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
    accuracy: records.at(-1)?.evaluation?.accuracy ?? 0,
  };
}

/** @returns the exit code. */
function run(): number {
  if (typeof options === "string") return 2;
  const { data, threads, json, markdown, rules } = options;
  const all: Partial<Record<CaseName, Figures>> = {};
  for (const name of NAMES.filter((one) => rules?.includes(one) ?? true)) {
    const words = ["--no-warnings", import.meta.filename, "--case", name, "--data", data, "--threads", `${threads}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    all[name] = JSON.parse(stdout) as Figures;
    process.stderr.write(`${name}: ${stdout}\n`);
  }
  const source = provenance();
  const { localSteps, batchSize, rounds } = SETTING;
  const rows = Object.entries(all).map(([name, f]) => {
    const cells = [f.roundsPerSecond.toFixed(2), f.trainingsPerSecond.toFixed(0), percent(f.overhead)];
    return `| ${name} | ${[...cells, percent(f.aggregationShare), f.peakGiB.toFixed(2), percent(f.accuracy)].join(" | ")} |`;
  });
  const verdicts = Object.entries(all).flatMap(([name, { peakGiB, overhead }]) => [
    `- ${peakGiB <= MOST_GIB ? "✔" : "✖"} ${name}: ${peakGiB.toFixed(2)} GiB at most, the goal is at most ${MOST_GIB}`,
    `- ${overhead <= MOST_OVERHEAD ? "✔" : "✖"} ${name}: ${percent(overhead)} beyond the trainings, the goal is at most ${percent(MOST_OVERHEAD)}`,
  ]);
  const text = [
    `LeNet-5, ${rounds} rounds, ${localSteps} local steps of ${batchSize} images, ${threads} threads. ${provenanceText(source)}`,
    [
      "| case | rounds/s | trainings/s | beyond the trainings | aggregation's share | GiB at most | accuracy |",
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
      ...rows,
    ].join("\n"),
    verdicts.join("\n"),
  ].join("\n\n");
  process.stdout.write(`${text}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...source, cases: all }, null, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, replaceFigures(readFileSync(markdown, "utf8"), COMMAND, text));
  return verdicts.every((line) => line.startsWith("- ✔")) ? 0 : 1;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
