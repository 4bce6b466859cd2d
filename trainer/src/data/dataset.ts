/**
 * What a data set is to the rest of Cairn, and how one is put together from labelled images in memory.
 *
 * Pure: it opens no file and knows no format.
 */

import type { ClassLabels } from "../learning/partition.ts";
import type { Records } from "../learning/records.ts";
import { counted } from "../protocol/counted.ts";
import type { Hex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import { buildManifest } from "./manifest.ts";
import type { RecordLayout } from "./recordLayout.ts";
import { createPackedRecords } from "./records.ts";

export const SPLITS = ["train", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** Half-open range of record indices, `from ≤ i < to`. */
export type IndexRange = readonly [from: number, to: number];

/** What people need to know about a data set, and cannot see from its bytes. */
export interface DatasetDescription {
  readonly name: string;
  /** Where it comes from: a URL, or how it was made. */
  readonly source: string;
  /** SPDX identifier where there is one, else a short sentence. */
  readonly licence: string;
  /** One name a class; as many as there are classes. */
  readonly classNames: readonly string[];
}

/** The document that stands for a data set; its digest and `recordsRoot` go into `DataRegistry`. */
export type DatasetManifest = ImageManifest | RecordManifest;

/** Of images with up to 256 classes. */
export interface ImageManifest extends DatasetDescription {
  readonly schema: "cairn/dataset/v1";
  /** `[rows, columns, channels]`. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly recordCount: number;
  readonly splits: { readonly train: IndexRange; readonly test: IndexRange };
  /** Root over all records in order; a leaf's content is {@link Dataset.record}. See `protocol/merkle.ts`. */
  readonly recordsRoot: Hex;
  /** Length of one record: one label byte and the pixels. */
  readonly recordBytes: number;
}

/** Of anything else that is made of records of one length. */
export interface RecordManifest extends Omit<ImageManifest, "schema"> {
  readonly schema: "cairn/dataset/v2";
  /** `[rows, columns, channels]` of images, `[columns]` of a table with each category counted, `[T]` of text. */
  readonly inputShape: readonly number[];
  /** 1 for a class, T for text, else the number of values. */
  readonly targetSize: number;
  /** Of the target; for text the size of the vocabulary, for values 0. */
  readonly classes: number;
  /** One a class of images and tables; empty for text and values. */
  readonly classNames: readonly string[];
  readonly layout: RecordLayout;
  /** Length of one record as the layout says, without the layout's digest that leaves begin with. */
  readonly recordBytes: number;
}

/** Images and labels as the files hold them, training records first. */
export interface LabelledImages {
  /** `[rows, columns, channels]`. */
  readonly shape: readonly number[];
  /** Shape `[N, rows × columns × channels]`, row-major, one byte a value. */
  readonly pixels: Uint8Array;
  /** Shape `[N]`. */
  readonly labels: Uint8Array;
  /** Records `0 ≤ i < trainCount` train, the rest test. */
  readonly trainCount: number;
}

export interface Dataset {
  readonly manifest: DatasetManifest;
  readonly train: Records;
  readonly test: Records;
  /**
   * @returns the class of every record of a split in order, a fresh array. Records of text and of values have no class
   *   and count as one class, 0: dealing them out by class deals them out at random.
   */
  labels(split: Split): ClassLabels;
  /**
   * @returns record `index` of the whole set (training records first) as it is hashed, a fresh array: label ‖ pixels in
   *   form v1; in v2 the layout's digest (`leafPrefix`) ‖ the record.
   */
  record(index: number): Uint8Array;
  /** Lets go of open files; nothing can be read afterwards. May be called again. */
  close(): void;
}

/**
 * Binds images, labels and their description into a data set, and computes its manifest.
 *
 * Keeps `images` as it is, without a copy: about 0.8 kB a record of 28×28. Hashing takes about 15 µs a record.
 *
 * @throws {DataError} `DATA_TOO_FEW_RECORDS` when a split is empty | `DATA_LABEL_OUT_OF_RANGE` when a label has no class name
 */
export function createDataset(description: DatasetDescription, images: LabelledImages): Dataset {
  const { pixels, labels, trainCount, shape } = images;
  const count = labels.length;
  const inputSize = shape.reduce((product, size) => product * size, 1);
  const classes = description.classNames.length;
  if (pixels.length !== count * inputSize)
    throw new RangeError(`${pixels.length} pixels for ${count} records of ${inputSize}`);
  if (trainCount < 1 || trainCount >= count) {
    throw new DataError(
      { code: "DATA_TOO_FEW_RECORDS", actual: count, needed: 2 },
      `${counted(count, "record")} cannot be split in two`,
    );
  }
  refuseLabelsWithoutClass(labels, classes);

  const record = (index: number): Uint8Array => {
    if (!Number.isSafeInteger(index) || index < 0 || index >= count)
      throw new RangeError(`record ${index} of ${count}`);
    const bytes = new Uint8Array(1 + inputSize);
    bytes[0] = labels[index]!;
    bytes.set(pixels.subarray(index * inputSize, (index + 1) * inputSize), 1);
    return bytes;
  };
  const records = (from: number, to: number): Records =>
    createPackedRecords({
      pixels: pixels.subarray(from * inputSize, to * inputSize),
      labels: labels.subarray(from, to),
      inputSize,
      classes,
    });
  return {
    manifest: buildManifest(description, { inputShape: shape, recordCount: count, trainCount, record }),
    train: records(0, trainCount),
    test: records(trainCount, count),
    labels: (split) => (split === "train" ? labels.slice(0, trainCount) : labels.slice(trainCount)),
    record,
    close: () => {},
  };
}

function refuseLabelsWithoutClass(labels: Uint8Array, classes: number): void {
  const index = labels.findIndex((label) => label >= classes);
  if (index < 0) return;
  const label = labels[index]!;
  throw new DataError(
    { code: "DATA_LABEL_OUT_OF_RANGE", index, label, classes },
    `record ${index} has label ${label}, beyond the ${counted(classes, "class")}`,
  );
}
