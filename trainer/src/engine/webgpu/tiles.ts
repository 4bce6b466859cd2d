/** How products may be cut for a card, and which cut should be the fastest. Pure. */

export interface ProductShape {
  readonly label: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** How a group divides a tile. */
export interface Tile {
  /** Threads along n and m. */
  readonly tx: number;
  readonly ty: number;
  /** Groups of four columns and of four rows that a thread computes. */
  readonly gn: number;
  readonly gm: number;
  /** Terms loaded at once; a multiple of 4. */
  readonly depth: number;
  /** Vectors by which rows in shared memory are longer than the tile, so that stores meet in fewer banks. @default 0 */
  readonly pad?: number;
  /** What it reaches where it fills a card. Unit: TFLOP/s. Source: `npm run bench:gpu -- --variants`, on an H200. */
  readonly rate: number;
  /** What a turn of `depth` terms takes where nothing else hides it. Unit: microseconds. Source: as for `rate`. */
  readonly turn: number;
}

/** Every adapter has the threads and the shared memory of each. */
export const TILES: readonly Tile[] = [
  { tx: 16, ty: 16, gn: 2, gm: 2, depth: 16, rate: 29, turn: 3 },
  { tx: 16, ty: 16, gn: 1, gm: 2, depth: 16, rate: 28, turn: 1.9 },
  { tx: 16, ty: 16, gn: 1, gm: 1, depth: 16, rate: 25, turn: 1.3 },
  { tx: 8, ty: 8, gn: 1, gm: 1, depth: 32, rate: 14, turn: 1.9 },
  { tx: 4, ty: 8, gn: 1, gm: 1, depth: 32, rate: 8, turn: 2.2 },
];

/** Groups of which a large card runs one in each of its processors at a time; two in each hide each other's waits. */
const PROCESSORS = 132;
const PARTS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];
/** Fewer terms than this in a part are not worth a part. */
const MIN_TERMS = 64;
/** What a second kernel costs by itself. Unit: microseconds. */
const SECOND_KERNEL = 4;
/** At which partial sums are written and read again. Unit: bytes a microsecond. */
const BANDWIDTH = 2.5e6;

/** How a product is cut: into which tiles, and its sum into how many parts. */
export interface TileChoice {
  readonly tile: Tile;
  readonly parts: number;
}

/** @returns what takes the least time by {@link estimateMicroseconds}. */
export function estimateTile(shape: ProductShape): TileChoice {
  return tilesByEstimate(shape)[0]!;
}

/** @returns every tile with the number of parts that suits it best, the fastest first by {@link estimateMicroseconds}. */
export function tilesByEstimate(shape: ProductShape): readonly TileChoice[] {
  const duration = (choice: TileChoice): number => estimateMicroseconds(shape, choice);
  return TILES.map((tile) => {
    const choices = partsOf(shape).map((parts) => ({ tile, parts }));
    return choices.reduce((best, choice) => (duration(choice) < duration(best) ? choice : best));
  }).sort((a, b) => duration(a) - duration(b));
}

/** @returns the same tile with the sum left whole, and in a step fewer and more parts, where there are such. */
export function otherParts(shape: ProductShape, { tile, parts }: TileChoice): readonly TileChoice[] {
  const all = partsOf(shape);
  const at = all.indexOf(parts);
  const others = new Set([1, all[at - 1], all[at + 1]]);
  return all.filter((one) => one !== parts && others.has(one)).map((one) => ({ tile, parts: one }));
}

function partsOf({ k }: ProductShape): number[] {
  return PARTS.filter((parts) => parts === 1 || k / parts >= MIN_TERMS);
}

/** How long a product takes on a large card: bound by its arithmetic, or by the turns of a single group. Unit: microseconds. */
export function estimateMicroseconds({ m, n, k }: ProductShape, { tile, parts }: TileChoice): number {
  const { tx, ty, gn, gm, depth, rate, turn } = tile;
  const [rows, columns] = [4 * ty * gm, 4 * tx * gn];
  const tiles = Math.ceil(m / rows) * Math.ceil(n / columns);
  const perProcessor = (tiles * parts) / PROCESSORS;
  const use = perProcessor < 1 ? 0.7 * perProcessor : Math.min(1, 0.4 + 0.3 * perProcessor);
  const arithmetic = (2 * tiles * rows * columns * k) / (1e6 * rate * use);
  const turns = Math.ceil(k / parts / depth) * turn;
  const sums = parts === 1 ? 0 : SECOND_KERNEL + (8 * m * n * parts) / BANDWIDTH;
  return Math.max(arithmetic, turns) + sums;
}
