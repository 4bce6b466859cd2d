/** Catalogue rows of the data sets; the remedies are the data module's own. */
import { type DataDetail, dataNextSteps } from "../../data/dataError.ts";
import type { ExitClass } from "../exitClass.ts";
import type { Entry } from "./entry.ts";

type DataCode = DataDetail["code"];

const WHAT: { readonly [C in DataCode]: string } = {
  DATA_REFERENCE_UNKNOWN: "No data set has this name.",
  DATA_FOLDER_MISSING: "The folder is not there.",
  DATA_NOT_A_DATA_FOLDER: "The folder does not hold images and labels in IDX files.",
  DATA_FILE_UNREADABLE: "A file of the data set cannot be read.",
  DATA_FILE_TOO_LARGE: "A file is larger than a data set may be.",
  DATA_GZIP_CORRUPT: "A packed file is damaged.",
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
  DATA_MANIFEST_MALFORMED: "The manifest has a field that is missing or wrong.",
  DATA_MANIFEST_DIFFERS: "The data here is not what the manifest describes.",
  DATA_ROOT_MISMATCH: "The records here are not those of the manifest.",
};

const EXIT: { readonly [C in DataCode]?: ExitClass } = {
  DATA_REFERENCE_UNKNOWN: "usage",
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
