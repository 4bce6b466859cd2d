/** Everything expected that can go wrong with data: codes, facts, and what a user does next. Pure; opens no file. */
import { TaggedError } from "../protocol/errors.ts";
import type { Hex } from "../protocol/hex.ts";

export type DataDetail =
  | { readonly code: "DATA_REFERENCE_UNKNOWN"; readonly reference: string }
  | { readonly code: "DATA_FOLDER_MISSING"; readonly folder: string }
  | { readonly code: "DATA_NOT_A_DATA_FOLDER"; readonly folder: string; readonly missing: string }
  | { readonly code: "DATA_FILE_MISSING"; readonly file: string }
  | { readonly code: "DATA_OPTION_INVALID"; readonly option: string; readonly value: string }
  | { readonly code: "DATA_FILE_UNREADABLE"; readonly file: string }
  | { readonly code: "DATA_FILE_CHANGED"; readonly file: string }
  | { readonly code: "DATA_FILE_TOO_LARGE"; readonly file: string; readonly limitBytes: number }
  | { readonly code: "DATA_GZIP_CORRUPT"; readonly file: string }
  | { readonly code: "DATA_TAR_CORRUPT"; readonly file: string }
  | { readonly code: "DATA_ARCHIVE_INCOMPLETE"; readonly file: string; readonly missing: string }
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
  | {
      readonly code: "DATA_RECORDS_LENGTH";
      readonly file: string;
      readonly actualBytes: number;
      readonly recordBytes: number;
    }
  | { readonly code: "DATA_TEXT_ENCODING"; readonly file: string }
  | { readonly code: "DATA_TEXT_TOO_SHORT"; readonly file: string; readonly actual: number; readonly needed: number }
  | { readonly code: "DATA_VOCABULARY_TOO_LARGE"; readonly file: string; readonly limit: number }
  | { readonly code: "DATA_SCHEMA_MALFORMED"; readonly file: string; readonly path: string }
  | { readonly code: "DATA_TABLE_HEADER"; readonly file: string; readonly column: string }
  | { readonly code: "DATA_COLUMN_MISSING"; readonly file: string; readonly column: string }
  | { readonly code: "DATA_COLUMN_UNUSABLE"; readonly file: string; readonly column: string }
  | { readonly code: "DATA_CSV_QUOTE"; readonly file: string; readonly row: number }
  | {
      readonly code: "DATA_ROW_LENGTH";
      readonly file: string;
      readonly row: number;
      readonly actual: number;
      readonly needed: number;
    }
  | { readonly code: "DATA_ROW_TOO_LONG"; readonly file: string; readonly row: number; readonly limitBytes: number }
  | { readonly code: "DATA_CELL_MISSING"; readonly file: string; readonly row: number; readonly column: string }
  | { readonly code: "DATA_CELL_NOT_A_NUMBER"; readonly file: string; readonly row: number; readonly column: string }
  | { readonly code: "DATA_CELL_UNKNOWN"; readonly file: string; readonly row: number; readonly column: string }
  | { readonly code: "DATA_PARQUET_CORRUPT"; readonly file: string }
  | { readonly code: "DATA_PARQUET_UNSUPPORTED"; readonly file: string; readonly column: string }
  | { readonly code: "DATA_IMAGE_CORRUPT"; readonly file: string }
  | { readonly code: "DATA_IMAGE_UNSUPPORTED"; readonly file: string; readonly feature: string }
  | {
      readonly code: "DATA_IMAGE_DIFFERS";
      readonly file: string;
      readonly actual: readonly number[];
      readonly needed: readonly number[];
    }
  | { readonly code: "DATA_TOO_MANY_CLASSES"; readonly actual: number; readonly limit: number }
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
  | { readonly code: "DATA_MANIFEST_TOO_LONG"; readonly actualBytes: number; readonly limitBytes: number }
  | { readonly code: "DATA_MANIFEST_MALFORMED"; readonly field: string }
  | { readonly code: "DATA_MANIFEST_DIFFERS"; readonly field: string }
  | { readonly code: "DATA_ROOT_MISMATCH"; readonly actual: Hex; readonly needed: Hex };

/** Every form of reference, for help and errors. */
export const DATA_REFERENCES =
  "glyphs, mnist, fashion-mnist, cifar10, mnist:DIR, fashion-mnist:DIR, idx:DIR, cifar10:DIR, images:DIR, csv:FILE, parquet:FILE, text:FILE";

export class DataError extends TaggedError<DataDetail> {}

/** What to do after each code, one sentence; the command line prints it under the message. */
export const dataNextSteps: { readonly [C in DataDetail["code"]]: string } = {
  DATA_REFERENCE_UNKNOWN: `Use one of: ${DATA_REFERENCES}.`,
  DATA_FOLDER_MISSING: "Check the path after the colon; a relative path starts at the folder you are in.",
  DATA_NOT_A_DATA_FOLDER:
    "IDX: put images and labels of one split side by side, e.g. train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz. CIFAR-10: data_batch_1.bin … and test_batch.bin. Images: one sub-folder a class.",
  DATA_FILE_MISSING: "Check the path after the colon; a relative path starts at the folder you are in.",
  DATA_OPTION_INVALID:
    "Options follow the path as ,name=value: text takes vocabulary, length and stride, tables take target.",
  DATA_FILE_CHANGED: "Do not change a data set while it is in use: start again once the file is whole.",
  DATA_FILE_UNREADABLE: "Check that it is what its name says, and that you may read it.",
  DATA_FILE_TOO_LARGE: "This is not a data set that fits in memory; check that you named the right folder.",
  DATA_GZIP_CORRUPT: "The file is cut short or damaged: fetch it again, or unpack it with gzip -d to see more.",
  DATA_TAR_CORRUPT: "The archive is damaged: fetch it again.",
  DATA_ARCHIVE_INCOMPLETE: "The archive is not the one it should be: fetch it again.",
  DATA_RECORDS_LENGTH: "The file is cut short or has another format: fetch it again.",
  DATA_TEXT_ENCODING: "Save the file as UTF-8; text can also be read as bytes, with ,vocabulary=bytes.",
  DATA_TEXT_TOO_SHORT: "Use a longer text, or a shorter window with ,length=N.",
  DATA_VOCABULARY_TOO_LARGE: "Read the text as bytes instead, with ,vocabulary=bytes.",
  DATA_SCHEMA_MALFORMED: "Correct that place; docs/cli.md, section «Data sets», shows what a schema holds.",
  DATA_TABLE_HEADER: "Give every column a name of its own in the first row.",
  DATA_COLUMN_MISSING: "Correct the name in the schema or after ,target=; names must match letter for letter.",
  DATA_COLUMN_UNUSABLE:
    "Name the columns to use in FILE.schema.json and leave this one out, or give its categories there.",
  DATA_CSV_QUOTE: 'Put a cell with quotes in quotes, and double those inside: "a ""b"" c".',
  DATA_ROW_LENGTH: "Give every row as many cells as the first; a cell with a delimiter in it needs quotes.",
  DATA_ROW_TOO_LONG: "Look for a quote that is never closed in or before that row.",
  DATA_CELL_MISSING: "Fill the cell or remove the row: nothing is guessed for you.",
  DATA_CELL_NOT_A_NUMBER:
    "Correct the cell, e.g. a decimal point instead of a comma; or make the column a category in the schema.",
  DATA_CELL_UNKNOWN: "Correct the cell, or add it to the column's categories (or classes) in the schema.",
  DATA_PARQUET_CORRUPT: "The file is damaged or no Parquet file: write it again.",
  DATA_PARQUET_UNSUPPORTED: "Leave that column out in FILE.schema.json, or write it as numbers, booleans or texts.",
  DATA_IMAGE_CORRUPT: "The image is damaged, or not what its name says: save it again or remove it.",
  DATA_IMAGE_UNSUPPORTED: "Save the image again as a plain PNG: 8 bits a channel, no transparency, not interlaced.",
  DATA_IMAGE_DIFFERS: "Give all images the same size and the same kind, grey or colour.",
  DATA_TOO_MANY_CLASSES: "Join classes, or use numbers as the target instead.",
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
    "Without network use --data glyphs, or download the files another way and use --data mnist:DIR (or fashion-mnist:DIR, cifar10:DIR).",
  DATA_DIGEST_MISMATCH: "Nothing was kept. Try again later, or use --data glyphs; do not use the file that was sent.",
  DATA_CACHE_UNWRITABLE: "Free some disk space or allow writing there, or choose another folder for the data.",
  DATA_MANIFEST_TOO_LONG: "Use fewer or shorter names of columns, categories and classes.",
  DATA_MANIFEST_MALFORMED: "Ask the publisher of the data set for a manifest in the form cairn/dataset/v1 or v2.",
  DATA_MANIFEST_DIFFERS: "Open the data set that the task names; this one has another shape, size or split.",
  DATA_ROOT_MISMATCH: "Open the data set that the task names; at least one record of this one is different.",
};
