/**
 * Measures how a program's products are best cut on the card at hand: the estimate of `tiles.ts` knows one large card only.
 *
 * What came of it is a plain record, to be kept: `tileChooser` reads it again.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { TrainingProgram } from "../program.ts";
import { type BoundKernels, bindKernels } from "./boundKernels.ts";
import { DEADLINE_MS, waitForDevice } from "./deviceWait.ts";
import { type ChooseTile, productOf } from "./kernelsOf.ts";
import { type Product, productKernels } from "./product.ts";
import { estimateMicroseconds, estimateTile, otherParts, TILES, type TileChoice, tilesByEstimate } from "./tiles.ts";

/** By product: the number of the tile and of the parts. */
export type TileRecord = Readonly<Record<string, readonly [tile: number, parts: number]>>;

export interface TileTrial {
  /** Of the program's products, those that were known and those measured. */
  readonly record: TileRecord;
  /** Products that were measured now. */
  readonly measured: number;
  /** Of them, those for which the estimate was not the fastest. */
  readonly changed: number;
  /** Products for which there was no time: the estimate is used for them, and they are not in the record. */
  readonly left: number;
}

export interface TileTrialOptions {
  /** What was measured before on such a card, by this version of the kernels; what is no such record counts as nothing. */
  readonly known?: unknown;
  /** After so long no other product is begun. Unit: milliseconds. @default 3,000 */
  readonly budgetMs?: number;
  /** A clock that is fine enough to see a millisecond. Unit: milliseconds. */
  readonly nowMs: () => number;
}

const BUDGET_MS = 3_000;
/** A measurement that is shorter says little. Unit: microseconds. */
const RUN_MICROSECONDS = 2_000;
const MOST_REPEATS = 256;
/** Each candidate is measured so often, in turn with the others; its fastest counts. */
const ROUNDS = 3;
/** Shorter by less may be chance. */
const GAIN = 0.97;

/** @returns how each product is cut, by a record or the estimate. */
export function tileChooser(record: unknown): ChooseTile {
  return (product) => choiceIn(record, product) ?? estimateTile(product);
}

/**
 * Measures those products of the program that are not known, first those that should take longest.
 *
 * A card that fails at it fails at training, too, and says so there: here the estimate does.
 */
export async function tryTiles(
  program: TrainingProgram,
  device: GPUDevice,
  { known, budgetMs = BUDGET_MS, nowMs }: TileTrialOptions,
): Promise<TileTrial> {
  const record: Record<string, readonly [number, number]> = {};
  const unknown: Product[] = [];
  for (const product of productsOf(program)) {
    const choice = choiceIn(known, product);
    if (choice === undefined) unknown.push(product);
    else record[keyOf(product)] = entryOf(choice);
  }
  const until = nowMs() + budgetMs;
  let [measured, changed] = [0, 0];
  for (const product of unknown) {
    if (nowMs() >= until) break;
    const best = await fastestOf({ device, nowMs }, product).catch(() => undefined);
    if (best === undefined) break;
    record[keyOf(product)] = entryOf(best);
    measured++;
    if (entryOf(best).join() !== entryOf(estimateTile(product)).join()) changed++;
  }
  return { record, measured, changed, left: unknown.length - measured };
}

/** @returns what names the kernels' version: another generator, or another list of tiles, measures anew. */
export function tilesVersion(): string {
  const slot = { name: "", offset: 0, length: 4_096 };
  const operand = { slot, alongK: true, isVector: true, text: () => "" };
  const product = { label: "", m: 64, n: 64, k: 64, a: operand, b: operand, out: slot, epilogue: {} };
  const code = TILES.flatMap((tile) => productKernels(product, { tile, parts: 2 })).map((kernel) => kernel.code);
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([TILES, code])))).slice(0, 16);
}

/** Each product once, by how long all of its kind should take in a step. */
function productsOf(program: TrainingProgram): Product[] {
  const found = new Map<string, { readonly product: Product; count: number }>();
  for (const operation of program.operations) {
    const product = productOf(operation);
    if (product === undefined) continue;
    const seen = found.get(keyOf(product));
    if (seen === undefined) found.set(keyOf(product), { product, count: 1 });
    else seen.count++;
  }
  return [...found.values()]
    .map(({ product, count }) => ({ product, cost: count * estimateMicroseconds(product, estimateTile(product)) }))
    .sort((a, b) => b.cost - a.cost)
    .map(({ product }) => product);
}

function keyOf({ label, m, n, k, a, b }: Product): string {
  const side = ({ alongK, isVector }: Product["a"]): string => `${alongK ? "k" : "o"}${isVector ? 4 : 1}`;
  return `${label} ${m}×${n}×${k} ${side(a)}${side(b)}`;
}

function entryOf({ tile, parts }: TileChoice): readonly [number, number] {
  return [TILES.indexOf(tile), parts];
}

function choiceIn(record: unknown, product: Product): TileChoice | undefined {
  const key = keyOf(product);
  if (typeof record !== "object" || record === null || !Object.hasOwn(record, key)) return undefined;
  const entry: unknown = (record as Readonly<Record<string, unknown>>)[key];
  if (!Array.isArray(entry) || entry.length !== 2) return undefined;
  const [at, parts] = entry as readonly unknown[];
  const tile = typeof at === "number" ? TILES[at] : undefined;
  const isCount = Number.isSafeInteger(parts) && Number(parts) >= 1 && Number(parts) <= product.k;
  return tile !== undefined && isCount ? { tile, parts: Number(parts) } : undefined;
}

/** The fastest tile, then the fastest number of parts for it. */
async function fastestOf(bench: Bench, product: Product): Promise<TileChoice> {
  const [estimated, ...others] = tilesByEstimate(product);
  const tiled = await faster(bench, product, [estimated!, ...others]);
  return faster(bench, product, [tiled, ...otherParts(product, tiled)]);
}

interface Bench {
  readonly device: GPUDevice;
  readonly nowMs: () => number;
}

/** @returns the first, unless another is faster by more than chance. */
async function faster(bench: Bench, product: Product, choices: readonly TileChoice[]): Promise<TileChoice> {
  const bound = await Promise.all(choices.map((choice) => bindKernels(bench.device, productKernels(product, choice))));
  try {
    const repeats = await repeatsFor(bench, bound[0]!);
    const microseconds = bound.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, one] of bound.entries()) {
        const time = await timeOf(bench, one, repeats);
        if (round > 0) microseconds[i] = Math.min(microseconds[i]!, time); // the first warms up
      }
    }
    const best = microseconds.reduce((best, time, i) => (time < GAIN * microseconds[best]! ? i : best), 0);
    return choices[best]!;
  } finally {
    for (const one of bound) one.dispose();
  }
}

/** So many that a run takes long enough to be measured. */
async function repeatsFor(bench: Bench, bound: BoundKernels): Promise<number> {
  let repeats = 1;
  while (repeats < MOST_REPEATS && repeats * (await timeOf(bench, bound, repeats)) < RUN_MICROSECONDS) repeats *= 4;
  return repeats;
}

/** By this processor's clock, which all browsers and drivers have. Unit: microseconds, of a repeat. */
async function timeOf({ device, nowMs }: Bench, bound: BoundKernels, repeats: number): Promise<number> {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  bound.encode(pass, repeats);
  pass.end();
  const commands = encoder.finish();
  const start = nowMs();
  device.queue.submit([commands]);
  await waitForDevice(device, device.queue.onSubmittedWorkDone(), DEADLINE_MS);
  return (1_000 * (nowMs() - start)) / repeats;
}
