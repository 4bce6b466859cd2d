/**
 * Opens the data set that a reference names, wherever it lives. The one door for commands and nodes; Node only.
 *
 * | reference | data set |
 * | --- | --- |
 * | `glyphs` | drawn here from a fixed seed; needs no file and no network |
 * | `mnist`, `fashion-mnist`, `cifar10` | downloaded once from the publishers' mirrors, pinned by SHA-256 |
 * | `mnist:DIR`, `fashion-mnist:DIR` | IDX files in a folder, ten classes |
 * | `idx:DIR` | IDX files in a folder, classes counted from the labels |
 * | `cifar10:DIR` | `data_batch_*.bin` and `test_batch.bin` in a folder |
 * | `images:DIR` | PNG and JPEG files, one sub-folder a class |
 * | `csv:FILE`, `parquet:FILE` | a table, with `FILE.schema.json` or `,target=COLUMN` or neither |
 * | `text:FILE` | plain text; `,vocabulary=bytes|characters`, `,length=T`, `,stride=N` |
 */
import { basename, resolve } from "node:path";
import { downloadArchive } from "./archiveDownload.ts";
import { openCifar10Folder } from "./cifar10.ts";
import type { Dataset } from "./dataset.ts";
import { type DownloadOptions, downloadSource } from "./download.ts";
import { openGlyphs } from "./glyphCache.ts";
import { decodeIdx } from "./idx.ts";
import { datasetFromIdx, type IdxDescription, type IdxPair } from "./idxDataset.ts";
import { openIdxFolder } from "./idxFolder.ts";
import { parseReference, type Reference, referenceUnknown, requireKnownOptions } from "./reference.ts";
import {
  type ArchiveSource,
  cifar10Source,
  type DatasetSource,
  fashionMnistSource,
  mnistSource,
  type SourceFile,
} from "./sources.ts";

export interface OpenOptions extends DownloadOptions {
  /** What can be downloaded file by file. @default MNIST and Fashion-MNIST */
  readonly sources?: readonly DatasetSource[];
  /** What can be downloaded as an archive of CIFAR-10's form. @default CIFAR-10 */
  readonly archive?: ArchiveSource;
}

/**
 * Reads or hashes every record once. What is larger than memory stays in its files: call `close` on the data set.
 *
 * @param reference as in the table above; a relative path starts at the working directory.
 * @throws {DataError} `DATA_REFERENCE_UNKNOWN` | `DATA_OPTION_INVALID` | as the opener of its kind; the signal's reason when
 *   aborted
 */
export async function openDataset(reference: string, options: OpenOptions): Promise<Dataset> {
  options.signal?.throwIfAborted();
  const parsed = parseReference(reference);
  const dataset = parsed.path === undefined ? await openNamed(parsed.kind, options) : await openPath(parsed, options);
  if (dataset === undefined) throw referenceUnknown(reference);
  return dataset;
}

/** A data set that needs no path; undefined where there is none of that name. */
async function openNamed(name: string, options: OpenOptions): Promise<Dataset | undefined> {
  const { sources = [mnistSource, fashionMnistSource], archive = cifar10Source } = options;
  if (name === "glyphs") return openGlyphs(options.cacheDir);
  if (name === archive.name) return openCifar10Folder(await downloadArchive(archive, options), options.signal);
  const source = sources.find((candidate) => candidate.name === name);
  return source === undefined ? undefined : openSource(source, options);
}

async function openPath({ kind, path, options: own }: Reference, options: OpenOptions): Promise<Dataset | undefined> {
  const place = resolve(path!);
  const source = (options.sources ?? [mnistSource, fashionMnistSource]).find(({ name }) => name === kind);
  if (kind !== "text" && kind !== "csv" && kind !== "parquet") requireKnownOptions(own, []);
  if (source !== undefined) return openIdxFolder(place, source, options);
  switch (kind) {
    case "idx":
      return openIdxFolder(place, describeFolder(place), options);
    case "cifar10":
      return openCifar10Folder(place, options.signal);
    case "images":
      return (await import("./imageFolder.ts")).openImageFolder(place, options);
    case "csv":
    case "parquet":
      return (await import("./tableDataset.ts")).openTable({ kind, file: place, options: own }, options);
    case "text": {
      const { openText, parseTextOptions } = await import("./text.ts");
      return openText(place, parseTextOptions(own), options);
    }
    default:
      return undefined;
  }
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
