/**
 * A visitor's own files as a data set: the IDX pairs of MNIST and its relatives, gzipped or not. Nothing leaves the tab.
 *
 * Only names and bytes count, so a folder may be dropped whole; what isn't part of a pair is left out.
 */
import { DataError } from "@cairn/trainer/data/dataError";
import type { Dataset } from "@cairn/trainer/data/dataset";
import { decodeIdx, MAX_IDX_BYTES } from "@cairn/trainer/data/idx";
import { datasetFromIdx, type IdxPair } from "@cairn/trainer/data/idxDataset";

/** The part of `File` that is used. */
export interface LocalFile {
  readonly name: string;
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The two parts of a data set as their files are called. */
const SPLITS = ["train", "t10k"] as const;

/** A folder may hold anything; this many names are looked at. */
const MAX_FILES = 1_000;

/**
 * @param name of the data set, as the task's plan calls it.
 * @throws {DataError} `DATA_NOT_A_DATA_FOLDER` | `DATA_FILE_TOO_LARGE` | `DATA_FILE_UNREADABLE` | as `decodeIdx` and
 *   `datasetFromIdx`
 */
export async function openLocalFiles(files: readonly LocalFile[], name: string): Promise<Dataset> {
  const pairs: IdxPair[] = [];
  const known = files.slice(0, MAX_FILES);
  for (const split of SPLITS) {
    const images = find(known, split, "images", 3);
    const labels = find(known, split, "labels", 1);
    if (images === undefined && labels === undefined) continue;
    if (images === undefined) throw incomplete(`${split}-images-idx3-ubyte`);
    if (labels === undefined) throw incomplete(`${split}-labels-idx1-ubyte`);
    pairs.push({ images: await read(images, 3), labels: await read(labels, 1) });
  }
  const [first, second] = pairs;
  if (first === undefined) throw incomplete("train-images-idx3-ubyte");
  const description = { name, source: "files of this machine", licence: "unknown" };
  return datasetFromIdx(description, second === undefined ? [first] : [first, second]);
}

function find(files: readonly LocalFile[], split: string, kind: string, rank: number): LocalFile | undefined {
  const stems = [`${split}-${kind}-idx${rank}-ubyte`, `${split}-${kind}.idx${rank}-ubyte`];
  const names = stems.flatMap((stem) => [stem, `${stem}.gz`]);
  return names.map((name) => files.find((file) => file.name === name)).find((file) => file !== undefined);
}

async function read(file: LocalFile, rank: number) {
  if (file.size > MAX_IDX_BYTES) {
    throw new DataError(
      { code: "DATA_FILE_TOO_LARGE", file: file.name, limitBytes: MAX_IDX_BYTES },
      `${file.name} is longer than ${MAX_IDX_BYTES} bytes`,
    );
  }
  const bytes = await file.arrayBuffer().catch((cause: unknown) => {
    throw new DataError({ code: "DATA_FILE_UNREADABLE", file: file.name }, `${file.name} cannot be read`, { cause });
  });
  return decodeIdx(new Uint8Array(bytes), { file: file.name, rank });
}

function incomplete(missing: string): DataError {
  return new DataError(
    { code: "DATA_NOT_A_DATA_FOLDER", folder: "the chosen files", missing },
    `${missing} is not among the chosen files`,
  );
}
