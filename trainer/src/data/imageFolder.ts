/**
 * A folder of images, one sub-folder a class, converted once into records. Node only.
 *
 * With the sub-folders `train` and `test`, each holds one sub-folder a class; else every fifth image of a class tests.
 * Names are sorted by UTF-16 code units, so the records stand in the same order on every machine.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ConversionOptions, type Converted, openConverted } from "./convertedDataset.ts";
import { DataError } from "./dataError.ts";
import type { Dataset } from "./dataset.ts";
import { namesIn, unreadable } from "./folder.ts";
import { type Image, imageCorrupt } from "./image.ts";
import { decodeJpeg, isJpeg } from "./jpeg.ts";
import { decodePng, isPng } from "./png.ts";
import { codeBytes, MAX_CODES } from "./recordLayout.ts";
import { createRecordWriter, type RecordWriter } from "./recordWriter.ts";
import { printable } from "./table.ts";

const IMAGE_FILE = /\.(png|jpe?g)$/i;

/** Every fifth image of a class tests. */
const TEST_EVERY = 5;

/** Longest image file that is read. Unit: bytes. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

interface Entry {
  readonly file: string;
  readonly label: number;
  readonly split: "train" | "test";
}

interface Listing {
  readonly classNames: readonly string[];
  /** In the order of the records. */
  readonly entries: readonly Entry[];
}

/**
 * @throws {DataError} `DATA_FOLDER_MISSING` | `DATA_NOT_A_DATA_FOLDER` | `DATA_FILE_UNREADABLE` | `DATA_FILE_TOO_LARGE` |
 *   `DATA_IMAGE_CORRUPT` | `DATA_IMAGE_UNSUPPORTED` | `DATA_IMAGE_DIFFERS` | as `openConverted`
 */
export async function openImageFolder(folder: string, cache: ConversionOptions): Promise<Dataset> {
  const listing = await listImages(folder);
  const name = printable(basename(folder));
  return openConverted(
    {
      key: await digestOfImages(folder, listing, cache.signal),
      named: { name, source: `folder ${name}`, licence: "unknown" },
      convert: (part) => convert(listing, part, cache.signal),
    },
    cache,
  );
}

async function listImages(folder: string): Promise<Listing> {
  const parts = await subfoldersOf(folder);
  const isSplit = parts.length === 2 && parts.includes("train") && parts.includes("test");
  const roots = isSplit ? [join(folder, "train"), join(folder, "test")] : [folder];
  const classNames = [...new Set((await Promise.all(roots.map(subfoldersOf))).flat())].sort();
  const entries: Entry[] = [];
  for (const [r, root] of roots.entries()) {
    for (const [label, className] of classNames.entries()) {
      const names = isSplit
        ? await namesIn(join(root, className)).catch(() => [])
        : await namesIn(join(root, className));
      const images = names.filter((file) => IMAGE_FILE.test(file)).sort();
      for (const [i, file] of images.entries()) {
        const tests = isSplit ? r === 1 : i % TEST_EVERY === TEST_EVERY - 1;
        entries.push({ file: join(root, className, file), label, split: tests ? "test" : "train" });
      }
    }
  }
  if (entries.length === 0) throw notADataFolder(folder);
  if (classNames.length > MAX_CODES) {
    const actual = classNames.length;
    throw new DataError(
      { code: "DATA_TOO_MANY_CLASSES", actual, limit: MAX_CODES },
      `${folder} has ${actual} sub-folders`,
    );
  }
  return { classNames: classNames.map(printable), entries };
}

async function subfoldersOf(folder: string): Promise<string[]> {
  await namesIn(folder); // says which of both is wrong
  const found = await readdir(folder, { withFileTypes: true });
  return found
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

/** Over names and contents: an image that is changed, added or renamed makes another data set. */
async function digestOfImages(folder: string, { classNames, entries }: Listing, signal?: AbortSignal): Promise<string> {
  const digest = createHash("sha256").update(`cairn/records/v1 images ${JSON.stringify(classNames)}\n`);
  for (const { file, label, split } of entries) {
    signal?.throwIfAborted();
    const bytes = await readImage(file);
    digest.update(`${JSON.stringify([file.slice(folder.length), label, split, bytes.length])}\n`).update(bytes);
  }
  return digest.digest("hex");
}

async function readImage(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) {
      throw new DataError(
        { code: "DATA_FILE_TOO_LARGE", file, limitBytes: MAX_FILE_BYTES },
        `${file} is longer than ${MAX_FILE_BYTES} bytes`,
      );
    }
    return await readFile(file);
  } catch (cause) {
    throw cause instanceof DataError ? cause : unreadable(file, cause);
  }
}

async function convert({ entries, classNames }: Listing, part: string, signal?: AbortSignal): Promise<Converted> {
  const writer = await createRecordWriter(part);
  try {
    const inputShape = await writeAll(writer, { entries, labelBytes: codeBytes(classNames.length), signal });
    await writer.finish();
    return { classNames, inputShape, layout: { kind: "images" }, trainCount: writer.trainCount };
  } finally {
    await writer.close();
  }
}

interface Writing {
  readonly entries: readonly Entry[];
  readonly labelBytes: 1 | 2;
  readonly signal: AbortSignal | undefined;
}

/** @returns the shape of all images, which is that of the first. */
async function writeAll(writer: RecordWriter, { entries, labelBytes, signal }: Writing): Promise<readonly number[]> {
  let shape: readonly number[] | undefined;
  for (const { file, label, split } of entries) {
    signal?.throwIfAborted();
    const image = decodeImage(await readImage(file), file);
    shape ??= shapeOf(image);
    const pixels = pixelsIn(image, shape, file);
    const record = new Uint8Array(labelBytes + pixels.length);
    record[0] = label % 256;
    if (labelBytes === 2) record[1] = label >> 8;
    record.set(pixels, labelBytes);
    await writer.write(split, record);
  }
  return shape!;
}

function decodeImage(bytes: Uint8Array, file: string): Image {
  if (isPng(bytes)) return decodePng(bytes, file);
  if (isJpeg(bytes)) return decodeJpeg(bytes, file);
  throw imageCorrupt(file, "it is neither PNG nor JPEG");
}

function shapeOf({ height, width, channels }: Image): readonly number[] {
  return [height, width, channels];
}

/** The pixels in the shape of the first image; grey ones are put into three channels where that one has three. */
function pixelsIn(image: Image, shape: readonly number[], file: string): Uint8Array {
  const own = shapeOf(image);
  if (own.join() === shape.join()) return image.pixels;
  if (own[0] === shape[0] && own[1] === shape[1] && own[2] === 1) {
    return Uint8Array.from({ length: 3 * image.pixels.length }, (_, i) => image.pixels[Math.floor(i / 3)]!);
  }
  throw new DataError(
    { code: "DATA_IMAGE_DIFFERS", file, actual: own, needed: shape },
    `${file} is ${own.join("×")}, the first image ${shape.join("×")}`,
  );
}

function notADataFolder(folder: string): DataError {
  return new DataError(
    { code: "DATA_NOT_A_DATA_FOLDER", folder, missing: "*.png, *.jpg" },
    `${folder} has no sub-folder with images in it`,
  );
}
