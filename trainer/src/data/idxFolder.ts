/** Reads the IDX files in a folder that the user names. Reads only; knows nothing of downloads. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "./dataError.ts";
import type { Dataset } from "./dataset.ts";
import { namesIn, unreadable } from "./folder.ts";
import { decodeIdx, type IdxArray, MAX_IDX_BYTES } from "./idx.ts";
import { datasetFromIdx, type IdxDescription, type IdxPair } from "./idxDataset.ts";

export interface FolderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Longest file that is read, packed or unpacked. @default MAX_IDX_BYTES */
  readonly limitBytes?: number;
}

/** The two parts of a data set as their files are called. */
const FILE_SPLITS = ["train", "t10k"] as const;

/**
 * Opens the folder's `train` and `t10k` pairs of images and labels; where there is only one pair, its first four fifths
 * train and the rest tests. Both usual names are found, gzipped or not: `train-images-idx3-ubyte`,
 * `train-images.idx3-ubyte`.
 *
 * @throws {DataError} `DATA_FOLDER_MISSING` | `DATA_NOT_A_DATA_FOLDER` when there is no pair, or half of one |
 *   `DATA_FILE_UNREADABLE` | `DATA_FILE_TOO_LARGE` | as `decodeIdx` and `datasetFromIdx`
 */
export async function openIdxFolder(
  folder: string,
  description: IdxDescription,
  options: FolderOptions = {},
): Promise<Dataset> {
  const names = await namesIn(folder);
  const pairs: IdxPair[] = [];
  for (const split of FILE_SPLITS) {
    const images = findFile(names, split, "images", 3);
    const labels = findFile(names, split, "labels", 1);
    if (images === undefined && labels === undefined) continue;
    if (images === undefined || labels === undefined) {
      const missing = images === undefined ? `${split}-images-idx3-ubyte` : `${split}-labels-idx1-ubyte`;
      throw notADataFolder(folder, missing, `half of a pair: ${missing} is missing`);
    }
    pairs.push({
      images: await readIdx(folder, images, 3, options),
      labels: await readIdx(folder, labels, 1, options),
    });
  }
  const [first, second] = pairs;
  if (first === undefined) {
    throw notADataFolder(folder, "train-images-idx3-ubyte", "no train-images-idx3-ubyte and no t10k-images-idx3-ubyte");
  }
  return datasetFromIdx(description, second === undefined ? [first] : [first, second]);
}

function findFile(names: readonly string[], split: string, kind: string, rank: number): string | undefined {
  const stems = [`${split}-${kind}-idx${rank}-ubyte`, `${split}-${kind}.idx${rank}-ubyte`];
  return stems.flatMap((stem) => [stem, `${stem}.gz`]).find((name) => names.includes(name));
}

async function readIdx(folder: string, name: string, rank: number, options: FolderOptions): Promise<IdxArray> {
  const { signal, limitBytes = MAX_IDX_BYTES } = options;
  const file = join(folder, name);
  signal?.throwIfAborted();
  const bytes = await readWhole(file, limitBytes, signal);
  return decodeIdx(bytes, { file, rank, limitBytes });
}

async function readWhole(file: string, limitBytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > limitBytes) {
      throw new DataError(
        { code: "DATA_FILE_TOO_LARGE", file, limitBytes },
        `${file} is longer than ${limitBytes} bytes`,
      );
    }
    return await readFile(file, { signal });
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    signal?.throwIfAborted();
    throw unreadable(file, cause);
  }
}

function notADataFolder(folder: string, missing: string, problem: string): DataError {
  return new DataError(
    { code: "DATA_NOT_A_DATA_FOLDER", folder, missing },
    `${folder} is not a data folder: ${problem}`,
  );
}
