/**
 * CIFAR-10's binary form in a folder, read where it lies. Knows nothing of downloads.
 *
 * A record of a file is one label byte and the red, green and blue planes of 32×32 pixels; a record of the data set has
 * the three colours of a pixel side by side, like every other image here.
 *
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { join } from "node:path";
import { DataError } from "./dataError.ts";
import type { Dataset, DatasetDescription } from "./dataset.ts";
import { namesIn } from "./folder.ts";
import { openRecordFiles, type RecordSegment } from "./recordFile.ts";
import type { RecordSource } from "./recordSource.ts";
import { bindRecords } from "./sourcedDataset.ts";

export const cifar10Description: DatasetDescription = {
  name: "cifar10",
  source: "https://www.cs.toronto.edu/~kriz/cifar.html",
  licence: "unknown",
  classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
};

const SHAPE = [32, 32, 3] as const;
const PLANE_BYTES = 1_024;
const CHANNELS = 3;
const RECORD_BYTES = 1 + CHANNELS * PLANE_BYTES;
const TRAIN_FILE = /^data_batch_([1-9]\d{0,3})\.bin$/;
const TEST_FILE = "test_batch.bin";

/**
 * @returns the records of `data_batch_1.bin`, `data_batch_2.bin` … to train, in that order, and of `test_batch.bin` to
 *   test with; the files may have any number of records.
 * @throws {DataError} `DATA_FOLDER_MISSING` | `DATA_NOT_A_DATA_FOLDER` | `DATA_RECORDS_LENGTH` | as `bindRecords`
 */
export async function openCifar10Folder(folder: string, signal?: AbortSignal): Promise<Dataset> {
  const names = await namesIn(folder);
  const numberOf = (name: string): number => Number(TRAIN_FILE.exec(name)?.[1]);
  const batches = names.filter((name) => TRAIN_FILE.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
  if (batches.length === 0) throw notADataFolder(folder, "data_batch_1.bin");
  if (!names.includes(TEST_FILE)) throw notADataFolder(folder, TEST_FILE);
  const segments = [...batches, TEST_FILE].map((name): RecordSegment => ({ file: join(folder, name) }));
  const source = openRecordFiles(segments, { recordBytes: RECORD_BYTES });
  return bindRecords({
    description: cifar10Description,
    source: interleaved(source),
    trainCount: source.count - recordsIn(segments.at(-1)!),
    inputShape: SHAPE,
    layout: { kind: "images" },
    signal,
  });
}

function recordsIn(segment: RecordSegment): number {
  const source = openRecordFiles([segment], { recordBytes: RECORD_BYTES });
  source.close();
  return source.count;
}

/** The same records with the colours of a pixel side by side. */
function interleaved(source: RecordSource): RecordSource {
  const planes = new Uint8Array(RECORD_BYTES);
  return {
    ...source,
    copy(index, into) {
      source.copy(index, planes);
      into[0] = planes[0]!;
      let at = 1;
      for (let pixel = 1; pixel <= PLANE_BYTES; pixel++) {
        into[at] = planes[pixel]!;
        into[at + 1] = planes[pixel + PLANE_BYTES]!;
        into[at + 2] = planes[pixel + 2 * PLANE_BYTES]!;
        at += CHANNELS;
      }
    },
  };
}

function notADataFolder(folder: string, missing: string): DataError {
  return new DataError(
    { code: "DATA_NOT_A_DATA_FOLDER", folder, missing },
    `${folder} is not a folder of CIFAR-10: there is no ${missing}`,
  );
}
