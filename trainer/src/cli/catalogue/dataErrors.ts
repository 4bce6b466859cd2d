/** Catalogue rows of the data sets; the remedies are the data module's own. */
import { type DataDetail, dataNextSteps } from "../../data/dataError.ts";
import type { ExitClass } from "../exitClass.ts";
import type { Entry } from "./entry.ts";

type DataCode = DataDetail["code"];

const WHAT: { readonly [C in DataCode]: string } = {
  DATA_REFERENCE_UNKNOWN: "No data set has this name.",
  DATA_FOLDER_MISSING: "The folder is not there.",
  DATA_NOT_A_DATA_FOLDER: "The folder does not hold the files of such a data set.",
  DATA_FILE_MISSING: "The file is not there.",
  DATA_OPTION_INVALID: "A reference has an option that does not exist, or with a value it cannot have.",
  DATA_FILE_CHANGED: "A file of the data set became shorter while it was read.",
  DATA_FILE_UNREADABLE: "A file of the data set cannot be read.",
  DATA_FILE_TOO_LARGE: "A file is larger than a data set may be.",
  DATA_GZIP_CORRUPT: "A packed file is damaged.",
  DATA_TAR_CORRUPT: "A tar archive is damaged.",
  DATA_ARCHIVE_INCOMPLETE: "An archive lacks a file of the data set.",
  DATA_RECORDS_LENGTH: "A file does not hold a whole number of records.",
  DATA_TEXT_ENCODING: "A file is not text in UTF-8.",
  DATA_TEXT_TOO_SHORT: "A text is too short for its windows.",
  DATA_VOCABULARY_TOO_LARGE: "A text has more different characters than a vocabulary may have.",
  DATA_SCHEMA_MALFORMED: "A table's schema has a field that is missing, unknown or wrong.",
  DATA_TABLE_HEADER: "A table's header has a name twice, or an empty one.",
  DATA_COLUMN_MISSING: "The table has no column of that name.",
  DATA_COLUMN_UNUSABLE: "A column holds neither numbers nor a few categories.",
  DATA_CSV_QUOTE: "A quote in a CSV file is at the wrong place or never closed.",
  DATA_ROW_LENGTH: "A row has more or fewer cells than the table has columns.",
  DATA_ROW_TOO_LONG: "A row is longer than a row may be.",
  DATA_CELL_MISSING: "A cell is empty.",
  DATA_CELL_NOT_A_NUMBER: "A cell is no finite number.",
  DATA_CELL_UNKNOWN: "A cell names a category or class that the schema does not list.",
  DATA_PARQUET_CORRUPT: "A Parquet file is damaged.",
  DATA_PARQUET_UNSUPPORTED: "A Parquet column holds values that are neither numbers, booleans nor texts.",
  DATA_IMAGE_CORRUPT: "An image is damaged.",
  DATA_IMAGE_UNSUPPORTED: "An image has a form that is not read.",
  DATA_IMAGE_DIFFERS: "An image has another size or kind than the first.",
  DATA_TOO_MANY_CLASSES: "There are more classes than a record can name.",
  DATA_IDX_MAGIC: "A file does not begin as an IDX file does.",
  DATA_IDX_TYPE: "An IDX file holds another type of number than bytes.",
  DATA_IDX_DIMENSIONS: "An IDX file has another number of dimensions than it should.",
  DATA_IDX_EMPTY: "An IDX file announces nothing.",
  DATA_IDX_LENGTH: "An IDX file is not as long as it announces.",
  DATA_COUNTS_DIFFER: "There are not as many labels as images.",
  DATA_SHAPES_DIFFER: "Training and test images differ in size.",
  DATA_TOO_FEW_RECORDS: "There are too few records to train and to test with.",
  DATA_LABEL_OUT_OF_RANGE: "A record has a label without a class.",
  DATA_DOWNLOAD_FAILED: "The data set could not be downloaded from any mirror.",
  DATA_DIGEST_MISMATCH: "A mirror sent other bytes than the data set's.",
  DATA_CACHE_UNWRITABLE: "The download cannot be kept on disk.",
  DATA_MANIFEST_TOO_LONG: "The data set has too many names for one manifest.",
  DATA_MANIFEST_MALFORMED: "The manifest has a field that is missing or wrong.",
  DATA_MANIFEST_DIFFERS: "The data here is not what the manifest describes.",
  DATA_ROOT_MISMATCH: "The records here are not those of the manifest.",
};

const EXIT: { readonly [C in DataCode]?: ExitClass } = {
  DATA_REFERENCE_UNKNOWN: "usage",
  DATA_OPTION_INVALID: "usage",
  DATA_DOWNLOAD_FAILED: "network",
  DATA_DIGEST_MISMATCH: "mismatch",
  DATA_CACHE_UNWRITABLE: "config",
  DATA_MANIFEST_DIFFERS: "mismatch",
  DATA_ROOT_MISMATCH: "mismatch",
};

export const dataErrors = Object.fromEntries(
  (Object.keys(WHAT) as DataCode[]).map((code) => [
    code,
    { what: WHAT[code], next: [dataNextSteps[code]], exit: EXIT[code] ?? "data" },
  ]),
) as unknown as Readonly<Record<DataCode, Entry>>;
