/**
 * Bytes of an update against accuracy: LeNet-5 on MNIST with ten trainers, FedAvg, each codec against plain updates.
 *
 * Exit code 1 when no codec of 100× or more is within half a point of plain updates, 2 for bad options.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Compression } from "../../trainer/src/learning/compression/compression.ts";
import { type Laboratory, openLaboratory } from "./federated/laboratory.ts";
import { type BenchOptions, parseBenchOptions, usage } from "./federated/options.ts";
import { provenance, provenanceText } from "./federated/provenance.ts";
import { createScratchFolder } from "./scratchFolder.ts";

const COMMAND = "bench:compression";
const SETTING = { trainers: 10, rounds: 20, localSteps: 10, batchSize: 16 } as const;
const PLAIN = "plain";
const CODECS: Record<string, Compression | undefined> = {
  [PLAIN]: undefined,
  "topK 64 + feedback": { codec: { kind: "topK", k: 64 }, errorFeedback: true },
  "topK 4 + feedback": { codec: { kind: "topK", k: 4 }, errorFeedback: true },
  "sign + feedback": { codec: { kind: "sign" }, errorFeedback: true },
  "topK 64": { codec: { kind: "topK", k: 64 }, errorFeedback: false },
  int4: { codec: { kind: "int4" }, errorFeedback: false },
  int8: { codec: { kind: "int8" }, errorFeedback: false },
};
const NAMES = Object.keys(CODECS);
const LEAST_RATIO = 100;
const MOST_LOST = 0.5; // points

interface Row {
  /** Of one trainer in one round. */
  readonly bytes: number;
  /** Mean over the seeds, after the last round. Unit: per cent. */
  readonly accuracy: number;
}

const options = parseBenchOptions(process.argv.slice(2), NAMES, "0");
if (typeof options === "string") {
  process.stderr.write(options === "" ? usage(COMMAND, NAMES) : `${options}\n\n${usage(COMMAND, NAMES)}`);
  process.exitCode = options === "" ? 0 : 2;
} else process.exitCode = await run(options);

/** @returns the exit code. Plain updates are always measured: the others are compared with them. */
async function run({ data, threads, seeds, rules, json }: BenchOptions): Promise<number> {
  using scratch = createScratchFolder("cairn-compression-");
  const optimiser = { type: "sgd", learningRate: 0.05, momentum: 0.9 } as const;
  const { batchSize } = SETTING;
  const means = { data: `mnist:${resolve(data)}/mnist`, cacheDir: scratch.path, architecture: "lenet5", optimiser };
  const lab = await openLaboratory({ ...means, batchSize, threads });
  const rows: Record<string, Row> = {};
  for (const name of NAMES.filter((one) => one === PLAIN || (rules?.includes(one) ?? true))) {
    rows[name] = await measure(lab, CODECS[name], seeds);
    process.stderr.write(`${name}: ${JSON.stringify(rows[name])}\n`);
  }
  await lab.close();
  return report(rows, json);
}

async function measure(lab: Laboratory, compression: Compression | undefined, seeds: readonly number[]): Promise<Row> {
  let [bytes, accuracy] = [0, 0];
  for (const seed of seeds) {
    const { trainers, rounds, localSteps } = SETTING;
    const rest = { aggregation: { kind: "fedavg" }, partition: { kind: "iid" }, seed };
    const last = (await lab.run({ trainers, rounds, localSteps, compression, ...rest })).at(-1)!;
    bytes = last.sentBytes / last.arrived;
    accuracy += (100 * last.evaluation!.accuracy!) / seeds.length;
  }
  return { bytes, accuracy };
}

function report(rows: Record<string, Row>, json: string | undefined): number {
  const plain = rows[PLAIN]!;
  const compared = Object.entries(rows).map(([name, { bytes, accuracy }]) => {
    return { name, bytes, ratio: plain.bytes / bytes, accuracy, lost: plain.accuracy - accuracy };
  });
  const isMet = compared.some(({ ratio, lost }) => ratio >= LEAST_RATIO && lost <= MOST_LOST);
  const source = provenance();
  const lines = compared.map(({ name, bytes, ratio, accuracy, lost }) => {
    return `| ${name} | ${bytes} | ${ratio.toFixed(1)}× | ${accuracy.toFixed(2)} | ${lost.toFixed(2)} |`;
  });
  const { rounds, localSteps } = SETTING;
  process.stdout.write(`LeNet-5 on MNIST, ${SETTING.trainers} trainers, IID, ${rounds} rounds of ${localSteps} steps. ${provenanceText(source)}

| codec | bytes a trainer and round | fewer | accuracy, % | points lost |
| --- | ---: | ---: | ---: | ---: |
${lines.join("\n")}

- ${isMet ? "✔" : "✖"} the goal is ${LEAST_RATIO}× or more with at most ${MOST_LOST} points lost
`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...source, isMet, rows: compared }, null, 2)}\n`);
  return isMet ? 0 : 1;
}
