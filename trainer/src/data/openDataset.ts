/**
 * Opens the data set that a reference names, wherever it lives. The one door for commands and nodes; Node only.
 *
 * | reference | data set |
 * | --- | --- |
 * | `glyphs` | drawn here from a fixed seed; needs no file and no network |
 * | `mnist`, `fashion-mnist` | downloaded once from the publishers' mirrors, pinned by SHA-256 |
 * | `mnist:DIR`, `fashion-mnist:DIR` | IDX files in a folder, ten classes |
 * | `idx:DIR` | IDX files in a folder, classes counted from the labels |
 */
import { basename, resolve } from "node:path";
import { DataError } from "./dataError.ts";
import type { Dataset } from "./dataset.ts";
import { type DownloadOptions, downloadSource } from "./download.ts";
import { openGlyphs } from "./glyphCache.ts";
import { decodeIdx } from "./idx.ts";
import { datasetFromIdx, type IdxDescription, type IdxPair } from "./idxDataset.ts";
import { openIdxFolder } from "./idxFolder.ts";
import { type DatasetSource, fashionMnistSource, mnistSource, type SourceFile } from "./sources.ts";

export interface OpenOptions extends DownloadOptions {
  /** What can be downloaded. @default MNIST and Fashion-MNIST */
  readonly sources?: readonly DatasetSource[];
}

/**
 * @param reference as in the table above; a relative folder starts at the working directory.
 * @throws {DataError} `DATA_REFERENCE_UNKNOWN` | as `openIdxFolder` and `downloadSource`; the signal's reason when aborted
 */
export async function openDataset(reference: string, options: OpenOptions): Promise<Dataset> {
  options.signal?.throwIfAborted();
  if (reference === "glyphs") return openGlyphs(options.cacheDir);
  const colon = reference.indexOf(":");
  const [kind, folder] = colon < 0 ? [reference, ""] : [reference.slice(0, colon), reference.slice(colon + 1)];
  const source = (options.sources ?? [mnistSource, fashionMnistSource]).find(({ name }) => name === kind);
  if (colon < 0 && source !== undefined) return openSource(source, options);
  if (folder !== "" && source !== undefined) return openIdxFolder(resolve(folder), source, options);
  if (folder !== "" && kind === "idx") return openIdxFolder(resolve(folder), describeFolder(folder), options);
  throw new DataError(
    { code: "DATA_REFERENCE_UNKNOWN", reference },
    `no data set is called ${JSON.stringify(reference)}`,
  );
}

async function openSource(source: DatasetSource, options: OpenOptions): Promise<Dataset> {
  const bytes = await downloadSource(source, options);
  const { trainImages, trainLabels, testImages, testLabels } = source.files;
  const decode = (file: SourceFile, packed: Uint8Array, rank: number) => decodeIdx(packed, { file: file.name, rank });
  const train: IdxPair = {
    images: await decode(trainImages, bytes.trainImages, 3),
    labels: await decode(trainLabels, bytes.trainLabels, 1),
  };
  const test: IdxPair = {
    images: await decode(testImages, bytes.testImages, 3),
    labels: await decode(testLabels, bytes.testLabels, 1),
  };
  return datasetFromIdx(source, [train, test]);
}

/** The folder's own name only: a whole path would tell others about the user's machine. */
function describeFolder(folder: string): IdxDescription {
  const name = basename(resolve(folder));
  return { name, source: `folder ${name}`, licence: "unknown" };
}
