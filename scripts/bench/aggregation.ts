/**
 * How fast updates are aggregated: gigabytes of updates a second, as a part of what this machine's memory gives in the same run.
 *
 * One thread, canonical binary32 in TypeScript. Exit code 2 for bad options.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import { clipAround } from "../../trainer/src/learning/aggregation/centres.ts";
import { mapColumns, medianOfSorted } from "../../trainer/src/learning/aggregation/columns.ts";
import { meanOf } from "../../trainer/src/learning/aggregation/vectors.ts";
import { replaceFigures } from "./documentFigures.ts";
import { provenance, provenanceText } from "./federated/provenance.ts";

const COMMAND = "bench:aggregation";
const USAGE = `npm run ${COMMAND} -- OPTIONS
  --updates 256      updates of a round
  --values 1000000   parameters of each
  --json FILE        write the figures there
  --markdown FILE    replace the figures in that document, as docs/benchmarks.md
`;
const TEXT = { type: "string" } as const;
const { values } = parseArgs({
  options: { updates: TEXT, values: TEXT, json: TEXT, markdown: TEXT, help: { type: "boolean" } },
});
const [count, size] = [Number(values.updates ?? 256), Number(values.values ?? 1_000_000)];
const isSound = [count, size].every((number) => Number.isSafeInteger(number) && number >= 1) && count * size <= 2 ** 30;
if (values.help || !isSound) {
  process.stderr.write(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else run();

/** Seconds of the fastest of three. */
function fastest(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    work();
    least = Math.min(least, (performance.now() - start) / 1_000);
  }
  return least;
}

function run(): void {
  const updates = createUpdates();
  const bytes = 4 * count * size;
  const target = updates.map(() => new Float32Array(size));
  /** Every byte is read once and written once. */
  const bandwidth = (2 * bytes) / fastest(() => updates.forEach((update, i) => void target[i]!.set(update))) / 1e9;
  target.length = 0;
  const works: Readonly<Record<string, () => unknown>> = {
    mean: () => meanOf(updates),
    median: () => mapColumns(updates, medianOfSorted),
    "centered clipping, 1 iteration": () =>
      clipAround(updates, { centre: new Float32Array(size), iterations: 1, radius: 0 }),
  };
  const figures: Record<string, number> = {};
  for (const [name, work] of Object.entries(works)) {
    figures[name] = bytes / fastest(work) / 1e9;
    process.stderr.write(`${name}: ${figures[name].toFixed(3)} GB/s\n`);
  }
  const source = provenance();
  const rows = Object.entries(figures).map(
    ([name, rate]) => `| ${name} | ${rate.toFixed(2)} | ${((100 * rate) / bandwidth).toFixed(1)} % |`,
  );
  const text = [
    `${count} updates of ${size} values, ${(bytes / 1e9).toFixed(2)} GB; memory gives ${bandwidth.toFixed(1)} GB/s (copying, read and written bytes). ${provenanceText(source)}`,
    ["| rule | GB/s of updates | of the memory's |", "| --- | ---: | ---: |", ...rows].join("\n"),
  ].join("\n\n");
  process.stdout.write(`${text}\n`);
  const { json, markdown } = values;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...source, bandwidth, figures }, null, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, replaceFigures(readFileSync(markdown, "utf8"), COMMAND, text));
}

/** Uniform numbers, a hundred thousand of them again and again from other places: what they are makes sorting no easier. */
function createUpdates(): Float32Array[] {
  const stream = createRandomStream(new Uint8Array(32), "updates");
  const numbers = Float32Array.from({ length: 99_991 }, () => stream.nextFloat() - 0.5);
  return Array.from({ length: count }, (_, k) => {
    const update = new Float32Array(size);
    for (let i = 0; i < size; i++) update[i] = numbers[(i + k * 7_919) % numbers.length]!;
    return update;
  });
}
