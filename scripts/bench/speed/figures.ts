/** From measurements to the figures that are printed and written. Pure. */
import type { Measurement } from "./measureModel.ts";

/** One engine's figures on one model. */
export interface EngineFigures {
  /** Its own words: version, instructions, what had to be mended. */
  readonly engine: string;
  /** Median over the rounds. */
  readonly samplesPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly startMs: number;
  readonly peakRssMiB: number;
}

export interface ModelFigures {
  /** The smallest ratio over the numbers of threads; `null` when one of the two was not there. */
  readonly nativeVsTorch: number | null;
  readonly wasmVsTorch: number | null;
  /** One thread each, because TensorFlow.js has one in Node. */
  readonly wasmVsTfjs: number | null;
  /** The ratios at each number of threads. */
  readonly byThreads: Readonly<Record<string, { readonly native: number | null; readonly wasm: number | null }>>;
  /** Median training throughput by engine, as `torch1`, `native2`, `wasm1`, `reference`, `tfjs`. */
  readonly samplesPerSecond: Readonly<Record<string, number>>;
  readonly engines: Readonly<Record<string, EngineFigures>>;
  /** Why an engine has no figure. */
  readonly skipped: Readonly<Record<string, string>>;
  /** What the weights' hash was after so many steps, or what each engine had where they differ. */
  readonly hashes: Readonly<Record<string, HashFigure>>;
  /** Largest distance between an engine's loss in the first step and the first engine's. */
  readonly firstLossSpread: number;
}

/** Of one number of steps. */
export interface HashFigure {
  /** `null` when two engines differ. */
  readonly hash: string | null;
  readonly byEngine: Readonly<Record<string, string>>;
}

/** @returns the middle of the sorted numbers, the upper one of two; NaN of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** @returns the figures of one model. */
export function figuresOf(measurements: readonly Measurement[]): ModelFigures {
  const measured = measurements.filter(({ skipped }) => skipped === undefined);
  const speeds = Object.fromEntries(
    measured.map(({ subject, samplesPerSecond }) => [subject.name, roundTo(median(samplesPerSecond), 4)]),
  );
  const ratio = (ours: string, other: string): number | null =>
    speeds[ours] === undefined || speeds[other] === undefined ? null : roundTo(speeds[ours] / speeds[other], 3);
  const threads = [
    ...new Set(measurements.filter(({ subject }) => subject.kind === "wasm").map(({ subject }) => subject.threads)),
  ];
  const byThreads = Object.fromEntries(
    threads.map((count) => [
      count,
      { native: ratio(`native${count}`, `torch${count}`), wasm: ratio(`wasm${count}`, `torch${count}`) },
    ]),
  );
  return {
    nativeVsTorch: smallest(Object.values(byThreads).map(({ native }) => native)),
    wasmVsTorch: smallest(Object.values(byThreads).map(({ wasm }) => wasm)),
    wasmVsTfjs: ratio("wasm1", "tfjs"),
    byThreads,
    samplesPerSecond: speeds,
    engines: Object.fromEntries(measured.map((one) => [one.subject.name, engineFigures(one)])),
    skipped: Object.fromEntries(
      measurements.flatMap(({ subject, skipped }) => (skipped === undefined ? [] : [[subject.name, skipped]])),
    ),
    hashes: hashFigures(measured),
    firstLossSpread: spread(measured.map(({ firstLoss }) => firstLoss!)),
  };
}

/** @returns whether the engine runs the model only with what was added to it for the comparison. */
export function failsAsItIs({ engine }: EngineFigures): boolean {
  return engine.includes("fails as it is");
}

/** Engines that compute one network agree in its first loss to about 1e-5. Unit: nats. */
const SAME_NETWORK = 1e-3;

/** @returns what must not be: weights of ours that differ, or engines that don't compute the same network. */
export function disagreements(models: Readonly<Record<string, ModelFigures>>): string[] {
  return Object.entries(models).flatMap(([name, { hashes, firstLossSpread }]) => [
    ...Object.entries(hashes).flatMap(([steps, { hash }]) =>
      hash === null ? [`${name}: the weights differ after ${steps} steps`] : [],
    ),
    ...(firstLossSpread > SAME_NETWORK ? [`${name}: the first losses differ by ${firstLossSpread.toFixed(4)}`] : []),
  ]);
}

function engineFigures({ engine, samplesPerSecond, startMs, peakRssBytes }: Measurement): EngineFigures {
  return {
    engine: engine!,
    samplesPerSecond: roundTo(median(samplesPerSecond), 4),
    slowest: roundTo(Math.min(...samplesPerSecond), 4),
    fastest: roundTo(Math.max(...samplesPerSecond), 4),
    startMs: Math.round(startMs!),
    peakRssMiB: Math.round(peakRssBytes! / 2 ** 20),
  };
}

function hashFigures(measured: readonly Measurement[]): Record<string, HashFigure> {
  const canonical = measured.filter(({ subject }) => subject.isCanonical);
  const steps = [...new Set(canonical.flatMap(({ hashes }) => Object.keys(hashes)))];
  return Object.fromEntries(
    steps.map((step) => {
      const byEngine = Object.fromEntries(
        canonical.flatMap(({ subject, hashes }) => (hashes[step] === undefined ? [] : [[subject.name, hashes[step]]])),
      );
      const [first, ...rest] = Object.values(byEngine);
      return [step, { hash: rest.every((hash) => hash === first) ? first! : null, byEngine }];
    }),
  );
}

function smallest(ratios: readonly (number | null)[]): number | null {
  const known = ratios.filter((ratio) => ratio !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function spread(losses: readonly number[]): number {
  return Math.max(0, ...losses.map((loss) => Math.abs(loss - losses[0]!)));
}

/** To so many significant digits. */
function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
