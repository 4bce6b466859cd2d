/** Everything expected that can go wrong with data: codes, facts, and what a user does next. Pure; opens no file. */
import { TaggedError } from "../protocol/errors.ts";
import type { Hex } from "../protocol/hex.ts";

export type DataDetail =
  | { readonly code: "DATA_REFERENCE_UNKNOWN"; readonly reference: string }
  | { readonly code: "DATA_FOLDER_MISSING"; readonly folder: string }
  | { readonly code: "DATA_NOT_A_DATA_FOLDER"; readonly folder: string; readonly missing: string }
  | { readonly code: "DATA_FILE_UNREADABLE"; readonly file: string }
  | { readonly code: "DATA_FILE_TOO_LARGE"; readonly file: string; readonly limitBytes: number }
  | { readonly code: "DATA_GZIP_CORRUPT"; readonly file: string }
  | { readonly code: "DATA_IDX_MAGIC"; readonly file: string }
  | { readonly code: "DATA_IDX_TYPE"; readonly file: string; readonly type: number; readonly needed: number }
  | { readonly code: "DATA_IDX_DIMENSIONS"; readonly file: string; readonly actual: number; readonly needed: number }
  | { readonly code: "DATA_IDX_EMPTY"; readonly file: string; readonly dimension: number }
  | {
      readonly code: "DATA_IDX_LENGTH";
      readonly file: string;
      readonly actualBytes: number;
      readonly neededBytes: number;
    }
  | { readonly code: "DATA_COUNTS_DIFFER"; readonly split: string; readonly images: number; readonly labels: number }
  | { readonly code: "DATA_SHAPES_DIFFER"; readonly train: readonly number[]; readonly test: readonly number[] }
  | { readonly code: "DATA_TOO_FEW_RECORDS"; readonly actual: number; readonly needed: number }
  | {
      readonly code: "DATA_LABEL_OUT_OF_RANGE";
      readonly index: number;
      readonly label: number;
      readonly classes: number;
    }
  | { readonly code: "DATA_DOWNLOAD_FAILED"; readonly file: string; readonly attempts: readonly string[] }
  | { readonly code: "DATA_DIGEST_MISMATCH"; readonly url: string; readonly actual: Hex; readonly needed: Hex }
  | { readonly code: "DATA_CACHE_UNWRITABLE"; readonly folder: string }
  | { readonly code: "DATA_MANIFEST_MALFORMED"; readonly field: string }
  | { readonly code: "DATA_MANIFEST_DIFFERS"; readonly field: string }
  | { readonly code: "DATA_ROOT_MISMATCH"; readonly actual: Hex; readonly needed: Hex };

export class DataError extends TaggedError<DataDetail> {}

/** What to do after each code, one sentence; the command line prints it under the message. */
export const dataNextSteps: { readonly [C in DataDetail["code"]]: string } = {
  DATA_REFERENCE_UNKNOWN: "Use one of: glyphs, mnist, fashion-mnist, mnist:DIR, fashion-mnist:DIR, idx:DIR.",
  DATA_FOLDER_MISSING: "Check the path after the colon; a relative path starts at the folder you are in.",
  DATA_NOT_A_DATA_FOLDER:
    "Put images and labels of one split side by side, e.g. train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz.",
  DATA_FILE_UNREADABLE: "Check that it is what its name says, and that you may read it.",
  DATA_FILE_TOO_LARGE: "This is not a data set that fits in memory; check that you named the right folder.",
  DATA_GZIP_CORRUPT: "The file is cut short or damaged: fetch it again, or unpack it with gzip -d to see more.",
  DATA_IDX_MAGIC: "The file is not IDX: check that it is what its name says, not e.g. a saved web page.",
  DATA_IDX_TYPE: "Only unsigned bytes are read (type 0x08); convert the file to that first.",
  DATA_IDX_DIMENSIONS: "Images need three dimensions and labels one; check that the two files are not swapped.",
  DATA_IDX_EMPTY: "The file announces no records or no pixels: fetch it again.",
  DATA_IDX_LENGTH: "The file is cut short or has bytes to spare: fetch it again.",
  DATA_COUNTS_DIFFER: "Images and labels must come from the same split: fetch both files again.",
  DATA_SHAPES_DIFFER: "Training and test images must have the same size: keep only one data set in the folder.",
  DATA_TOO_FEW_RECORDS: "Use a data set with at least one record to train on and one to test with.",
  DATA_LABEL_OUT_OF_RANGE:
    "Use idx:DIR for data with other classes, which takes the number of classes from the labels.",
  DATA_DOWNLOAD_FAILED:
    "Without network use --data glyphs, or download the four files another way and use --data mnist:DIR (or fashion-mnist:DIR).",
  DATA_DIGEST_MISMATCH: "Nothing was kept. Try again later, or use --data glyphs; do not use the file that was sent.",
  DATA_CACHE_UNWRITABLE: "Free some disk space or allow writing there, or choose another folder for the data.",
  DATA_MANIFEST_MALFORMED: "Ask the publisher of the data set for a manifest in the form cairn/dataset/v1.",
  DATA_MANIFEST_DIFFERS: "Open the data set that the task names; this one has another shape, size or split.",
  DATA_ROOT_MISMATCH: "Open the data set that the task names; at least one record of this one is different.",
};
