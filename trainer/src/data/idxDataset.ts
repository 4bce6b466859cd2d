/** Puts IDX arrays together to a data set: train and test, or one pair that is cut in two. Pure. */
import { concatBytes } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import { createDataset, type Dataset, type DatasetDescription } from "./dataset.ts";
import type { IdxArray } from "./idx.ts";

/** Images `[N, rows, columns]` and their labels `[N]`. */
export interface IdxPair {
  readonly images: IdxArray;
  readonly labels: IdxArray;
}

/** A description in which the classes may be left to the labels. */
export type IdxDescription = Omit<DatasetDescription, "classNames"> & {
  /** Where missing, classes are `0 … largest label`, named by their number. */
  readonly classNames?: readonly string[];
};

/**
 * @param pairs one pair, of which the first four fifths (rounded down) train and the rest tests, or training and test pair.
 * @throws {DataError} `DATA_COUNTS_DIFFER` | `DATA_SHAPES_DIFFER` | `DATA_TOO_FEW_RECORDS` | `DATA_LABEL_OUT_OF_RANGE`
 */
export function datasetFromIdx(
  description: IdxDescription,
  pairs: readonly [IdxPair] | readonly [IdxPair, IdxPair],
): Dataset {
  const [first, second] = pairs;
  refuseDifferentCounts("train", first);
  const [count, ...size] = first.images.shape as [number, number, number];
  const named = (labels: Uint8Array): DatasetDescription => ({
    ...description,
    classNames: description.classNames ?? numbered(labels),
  });
  const shape = [...size, 1];
  if (second === undefined) {
    const { images, labels } = first;
    const trainCount = Math.floor((count * 4) / 5);
    return createDataset(named(labels.data), { shape, pixels: images.data, labels: labels.data, trainCount });
  }
  refuseDifferentCounts("test", second);
  refuseDifferentSizes(first, second);
  const labels = concatBytes(first.labels.data, second.labels.data);
  const pixels = concatBytes(first.images.data, second.images.data);
  return createDataset(named(labels), { shape, pixels, labels, trainCount: count });
}

function numbered(labels: Uint8Array): string[] {
  const classes = 1 + labels.reduce((largest, label) => Math.max(largest, label), 0);
  return Array.from({ length: classes }, (_, label) => String(label));
}

function refuseDifferentCounts(split: string, { images, labels }: IdxPair): void {
  const [imageCount, labelCount] = [images.shape[0]!, labels.shape[0]!];
  if (imageCount === labelCount) return;
  throw new DataError(
    { code: "DATA_COUNTS_DIFFER", split, images: imageCount, labels: labelCount },
    `${imageCount} images but ${labelCount} labels to ${split}`,
  );
}

function refuseDifferentSizes(first: IdxPair, second: IdxPair): void {
  const [train, test] = [first.images.shape.slice(1), second.images.shape.slice(1)];
  if (train.join() === test.join()) return;
  throw new DataError(
    { code: "DATA_SHAPES_DIFFER", train, test },
    `training images are ${train.join("×")}, test images ${test.join("×")}`,
  );
}
