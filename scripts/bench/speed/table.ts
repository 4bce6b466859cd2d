/** The figures of the speed comparison as text. Pure. */
import type { EngineFigures, ModelFigures } from "./figures.ts";

const DASH = "–";

/**
 * @param titles of the models, by name.
 * @returns the tables: throughput, ratios, start, memory, hashes; lines without a break at the end.
 */
export function renderTables(
  models: Readonly<Record<string, ModelFigures>>,
  titles: Readonly<Record<string, string>>,
): string[] {
  const names = Object.keys(models);
  const engines = [...new Set(names.flatMap((name) => Object.keys(models[name]!.engines)))];
  const perEngine = (title: string, cell: (figures: EngineFigures) => string): string[] => [
    "",
    title,
    ...alignColumns([
      ["", ...engines],
      ...names.map((name) => [
        titles[name]!,
        ...engines.map((engine) => {
          const figures = models[name]!.engines[engine];
          return figures === undefined ? DASH : cell(figures);
        }),
      ]),
    ]),
  ];
  return [
    ...perEngine("Training, samples/s (median)", ({ samplesPerSecond }) => thousands(samplesPerSecond)),
    "",
    "Against PyTorch at the same number of threads, and against TensorFlow.js at one",
    ...renderRatios(models, titles),
    ...perEngine("From the start of the process to the end of the first step, ms", ({ startMs }) => `${startMs}`),
    ...perEngine("Most memory held by the process, MiB", ({ peakRssMiB }) => `${peakRssMiB}`),
    "",
    "SHA-256 of the weights",
    ...names.flatMap((name) => renderHashes(models[name]!, titles[name]!)),
  ];
}

function renderRatios(
  models: Readonly<Record<string, ModelFigures>>,
  titles: Readonly<Record<string, string>>,
): string[] {
  const threads = [...new Set(Object.values(models).flatMap(({ byThreads }) => Object.keys(byThreads)))];
  const ratio = (value: number | null | undefined): string => (value == null ? DASH : `${value.toFixed(2)} ×`);
  return alignColumns([
    ["", ...threads.map((count) => `native${count}`), ...threads.map((count) => `wasm${count}`), "wasm1 / tfjs"],
    ...Object.entries(models).map(([name, { byThreads, wasmVsTfjs }]) => [
      titles[name]!,
      ...threads.map((count) => ratio(byThreads[count]?.native)),
      ...threads.map((count) => ratio(byThreads[count]?.wasm)),
      ratio(wasmVsTfjs),
    ]),
  ]);
}

function renderHashes({ hashes }: ModelFigures, title: string): string[] {
  return Object.entries(hashes).flatMap(([steps, { hash, byEngine }]) => {
    const engines = Object.keys(byEngine);
    const head = `${title}, ${steps} ${steps === "1" ? "step" : "steps"}`;
    if (hash !== null) return [`  ${head}: ${hash} on ${engines.join(", ")}`];
    return [`✖ ${head}: the engines differ`, ...engines.map((engine) => `    ${engine} ${byEngine[engine]}`)];
  });
}

/** First column to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** @returns three digits at least, with commas. */
export function thousands(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);
}
