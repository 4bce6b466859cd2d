/** The figures of the speed comparison as Markdown. Pure. */
import { type EngineFigures, failsAsItIs, type ModelFigures } from "./figures.ts";
import { judgeGoals } from "./goals.ts";
import { thousands } from "./table.ts";

/** Where figures were taken. */
export interface Conditions {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  /** Processes that wanted to run in the minute before. */
  readonly load: number;
}

type Models = Readonly<Record<string, ModelFigures>>;
type Titles = Readonly<Record<string, string>>;

/** @returns the tables, without a break at the end. */
export function renderMarkdown(models: Models, titles: Titles, { cpu, cores, node, load }: Conditions): string {
  const names = Object.keys(models);
  const engines = [...new Set(names.flatMap((name) => Object.keys(models[name]!.engines)))];
  const words = engines.map((engine) => {
    const said = names.flatMap((name) => models[name]!.engines[engine]?.engine ?? []);
    return `\`${engine}\` ${said[0]!.split(";")[0]}`;
  });
  const perEngine = (cell: (figures: EngineFigures) => string): string =>
    table([
      ["", ...engines.map((engine) => `\`${engine}\``)],
      ...names.map((name) => [titles[name]!, ...engines.map((one) => cellOf(models[name]!.engines[one], cell))]),
    ]);
  return [
    `${cpu}, ${cores} cores, Node ${node}, load ${load.toFixed(1)} before the start. Engines: ${words.join("; ")}.`,
    "**Training, samples/s**: median of the rounds. *In italics: fails as it is, and was mended for this comparison.*",
    perEngine((figures) => {
      const speed = thousands(figures.samplesPerSecond);
      return failsAsItIs(figures) ? `*${speed}*` : speed;
    }),
    "**Against PyTorch** at the same number of threads, and against TensorFlow.js at one:",
    ratios(models, titles),
    "**From the start of the process to the end of the first step, ms**:",
    perEngine(({ startMs }) => `${startMs}`),
    "**Most memory held by the process, MiB**:",
    perEngine(({ peakRssMiB }) => `${peakRssMiB}`),
    "**SHA-256 of the weights**:",
    names.flatMap((name) => hashLines(models[name]!, titles[name]!)).join("\n"),
    "**Against the goals**:",
    judgeGoals(models, titles)
      .map(({ isMet, sentence }) => `- ${isMet ? "✔" : "✖"} ${sentence}`)
      .join("\n"),
  ].join("\n\n");
}

function cellOf(figures: EngineFigures | undefined, cell: (figures: EngineFigures) => string): string {
  return figures === undefined ? "–" : cell(figures);
}

function ratios(models: Models, titles: Titles): string {
  const threads = [...new Set(Object.values(models).flatMap(({ byThreads }) => Object.keys(byThreads)))];
  const ratio = (value: number | null | undefined): string => (value == null ? "–" : `${value.toFixed(2)} ×`);
  const kinds = ["native", "wasm"] as const;
  return table([
    ["", ...kinds.flatMap((kind) => threads.map((count) => `${kind}, ${count} of each`)), "wasm against TensorFlow.js"],
    ...Object.entries(models).map(([name, { byThreads, wasmVsTfjs }]) => [
      titles[name]!,
      ...kinds.flatMap((kind) => threads.map((count) => ratio(byThreads[count]?.[kind]))),
      ratio(wasmVsTfjs),
    ]),
  ]);
}

function hashLines({ hashes }: ModelFigures, title: string): string[] {
  return Object.entries(hashes).map(([steps, { hash, byEngine }]) => {
    const engines = Object.keys(byEngine).join(", ");
    return `- ${title}, ${steps} ${steps === "1" ? "step" : "steps"}: \`${hash ?? "differs"}\` on ${engines}`;
  });
}

function table([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head!.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head!), line(rule), ...rows.map(line)].join("\n");
}
