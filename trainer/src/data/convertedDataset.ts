/**
 * Data sets whose source is not made of records: converted once into a file of the cache folder, then read from there.
 * Node only; knows no format.
 *
 * The file is named by the digest of the source and of everything that decides its records, so it is never stale. It is
 * never trusted either: unless its records hash to the root that was noted when it was made, it is made again.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "./dataError.ts";
import type { Dataset, DatasetDescription, DatasetManifest } from "./dataset.ts";
import { decodeManifest, encodeManifest } from "./manifest.ts";
import { openRecordFiles, type RecordSegment } from "./recordFile.ts";
import { codeBytes, type RecordLayout, sizesOf } from "./recordLayout.ts";
import { bindRecords } from "./sourcedDataset.ts";
import { textSegments } from "./textWindows.ts";

/** What a conversion found out while it wrote the records. */
export interface Converted {
  /** One name a class; none for text and values. */
  readonly classNames: readonly string[];
  readonly inputShape: readonly number[];
  readonly layout: RecordLayout;
  /** Records at the beginning of the file that train; for text, the layout decides it. */
  readonly trainCount: number;
}

export interface Conversion {
  /** 64 hex digits: the digest of the source and of all that decides its records. */
  readonly key: string;
  readonly named: Omit<DatasetDescription, "classNames">;
  /** Writes the records to `file`, which does not exist yet. */
  readonly convert: (file: string) => Promise<Converted>;
}

export interface ConversionOptions {
  /** Files go to `cacheDir/records/`. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {DataError} `DATA_CACHE_UNWRITABLE` | whatever the conversion and `bindRecords` find */
export async function openConverted(conversion: Conversion, options: ConversionOptions): Promise<Dataset> {
  const { named, key } = conversion;
  const { signal } = options;
  const folder = join(options.cacheDir, "records");
  const [file, note] = [join(folder, `${key}.records`), join(folder, `${key}.manifest.json`)];
  const kept = await openKept({ file, note, named, signal });
  if (kept !== undefined) return kept;

  const part = join(folder, `${key}.${randomUUID()}.part`);
  try {
    await writable(folder, () => mkdir(folder, { recursive: true }));
    const converted = await conversion.convert(part);
    signal?.throwIfAborted();
    await writable(folder, () => rename(part, file));
    const dataset = await openRecords(file, named, converted, signal);
    const notePart = `${part}.json`;
    await writable(folder, () => writeFile(notePart, encodeManifest(dataset.manifest)));
    await writable(folder, () => rename(notePart, note));
    return dataset;
  } finally {
    await rm(part, { force: true });
  }
}

interface Kept {
  readonly file: string;
  readonly note: string;
  readonly named: Conversion["named"];
  readonly signal: AbortSignal | undefined;
}

/** The data set that was converted before, if all of it is still there. */
async function openKept({ file, note, named, signal }: Kept): Promise<Dataset | undefined> {
  let dataset: Dataset;
  let noted: DatasetManifest;
  try {
    noted = decodeManifest(await readFile(note));
    dataset = await openRecords(file, named, convertedOf(noted), signal);
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
  if (dataset.manifest.recordsRoot === noted.recordsRoot) return dataset;
  dataset.close();
  return undefined;
}

function convertedOf(manifest: DatasetManifest): Converted {
  const { classNames, inputShape, splits } = manifest;
  const layout = manifest.schema === "cairn/dataset/v1" ? ({ kind: "images" } as const) : manifest.layout;
  return { classNames, inputShape, layout, trainCount: splits.train[1] };
}

async function openRecords(
  file: string,
  named: Conversion["named"],
  converted: Converted,
  signal: AbortSignal | undefined,
): Promise<Dataset> {
  const { layout, inputShape, classNames } = converted;
  const segments = await segmentsOf(file, layout);
  const classes = layout.kind === "tokens" ? vocabularySize(layout.vocabulary) : classNames.length;
  const pixels = inputShape.reduce((product, size) => product * size, 1);
  const { recordBytes } = sizesOf(layout, classes, pixels);
  return bindRecords({
    description: { ...named, classNames },
    source: openRecordFiles(segments, { recordBytes }),
    trainCount: segments.length === 2 ? segments[0]!.count! : converted.trainCount,
    inputShape,
    layout,
    signal,
  });
}

/** Records lie one after the other, but windows of text over tokens. */
async function segmentsOf(file: string, layout: RecordLayout): Promise<readonly RecordSegment[]> {
  if (layout.kind !== "tokens") return [{ file }];
  const tokenBytes = codeBytes(vocabularySize(layout.vocabulary));
  const { size } = await stat(file);
  return textSegments({ file, tokens: size / tokenBytes, tokenBytes }, layout);
}

function vocabularySize(vocabulary: "bytes" | readonly number[]): number {
  return vocabulary === "bytes" ? 256 : vocabulary.length;
}

async function writable<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new DataError({ code: "DATA_CACHE_UNWRITABLE", folder }, `cannot write to ${folder}`, { cause });
  }
}
