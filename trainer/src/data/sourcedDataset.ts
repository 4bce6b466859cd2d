/**
 * Binds records, wherever they lie, and their layout into a data set: reads every record once to hash it and to learn its
 * class. Node only, for its fast SHA-256; opens no file itself.
 */

import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { ClassLabels } from "../learning/partition.ts";
import type { Records } from "../learning/records.ts";
import { counted } from "../protocol/counted.ts";
import type { Hex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import type { Dataset, DatasetDescription, DatasetManifest } from "./dataset.ts";
import { encodeManifest, leafPrefix, MAX_MANIFEST_BYTES, type ManifestHead } from "./manifest.ts";
import { createMerkleStream } from "./merkleStream.ts";
import { classOffset, createDecoder, createSourcedRecords, readCode } from "./recordCodec.ts";
import { codeBytes, MAX_CODES, type RecordLayout, sizesOf } from "./recordLayout.ts";
import type { RecordSource } from "./recordSource.ts";

export interface SourcedParts {
  readonly description: DatasetDescription;
  /** Closed with the data set; and when it cannot be bound. */
  readonly source: RecordSource;
  /** Records `0 ≤ i < trainCount` train, the rest tests. */
  readonly trainCount: number;
  readonly inputShape: readonly number[];
  readonly layout: RecordLayout;
  readonly signal?: AbortSignal | undefined;
}

/** Records between two turns of the event loop: some milliseconds. */
const RECORDS_A_TURN = 1_024;

/**
 * Memory: one or two bytes a record for the classes, nothing else that grows with the data. Hashing takes about 5 µs and
 * 1 µs a kilobyte a record.
 *
 * @throws {DataError} `DATA_TOO_FEW_RECORDS` | `DATA_TOO_MANY_CLASSES` | `DATA_LABEL_OUT_OF_RANGE` |
 *   `DATA_MANIFEST_TOO_LONG` | what reading finds; the signal's reason when aborted
 */
export async function bindRecords(parts: SourcedParts): Promise<Dataset> {
  try {
    return await bind(parts);
  } catch (error) {
    parts.source.close();
    throw error;
  }
}

async function bind(parts: SourcedParts): Promise<Dataset> {
  const { source, layout, trainCount } = parts;
  const head = headOf(parts);
  const { count, recordBytes } = source;
  const prefix = leafPrefix(head);
  const { root, labels } = await scan(parts, head.classes, prefix);
  const manifest: DatasetManifest = { ...head, recordsRoot: root };
  requireShort(manifest);
  const decode = createDecoder(layout, head.classes);
  const { inputSize, targetSize } = sizesOf(layout, head.classes, product(parts.inputShape));
  const vocabulary = layout.kind === "tokens" ? head.classes : 0;
  const sizes = { inputSize, targetSize, classes: head.classes, vocabulary };
  const records = (from: number, to: number): Records =>
    createSourcedRecords({ source, decode, range: [from, to], ...sizes });
  return {
    manifest,
    train: records(0, trainCount),
    test: records(trainCount, count),
    labels: (split) => (split === "train" ? labels.slice(0, trainCount) : labels.slice(trainCount)),
    record(index) {
      const bytes = new Uint8Array(prefix.length + recordBytes);
      bytes.set(prefix);
      source.copy(index, bytes.subarray(prefix.length));
      return bytes;
    },
    close: () => source.close(),
  };
}

/** Everything of the manifest but the root. Images with up to 256 classes have form v1, as they always had. */
function headOf({ description, source, trainCount, inputShape, layout }: SourcedParts): ManifestHead {
  const { name, source: origin, licence, classNames } = description;
  const { count, recordBytes } = source;
  if (trainCount < 1 || trainCount >= count) {
    throw new DataError(
      { code: "DATA_TOO_FEW_RECORDS", actual: count, needed: 2 },
      `${counted(count, "record")} cannot be split in two, one part to train and one to test`,
    );
  }
  const classes = classesOf(layout, classNames.length);
  if (classNames.length > MAX_CODES) {
    throw new DataError(
      { code: "DATA_TOO_MANY_CLASSES", actual: classNames.length, limit: MAX_CODES },
      `there are ${classNames.length} classes, a record can name ${MAX_CODES}`,
    );
  }
  const { targetSize, recordBytes: needed } = sizesOf(layout, classes, product(inputShape));
  if (recordBytes !== needed) throw new RangeError(`records of ${recordBytes} bytes for a layout of ${needed}`);
  const common = {
    name,
    source: origin,
    licence,
    inputShape: [...inputShape],
    classes,
    classNames: [...classNames],
    recordCount: count,
    splits: { train: [0, trainCount], test: [trainCount, count] },
    recordBytes,
  } as const;
  if (layout.kind === "images" && classes <= 256) return { schema: "cairn/dataset/v1", ...common };
  return { schema: "cairn/dataset/v2", ...common, targetSize, layout };
}

function classesOf(layout: RecordLayout, names: number): number {
  if (layout.kind !== "tokens") return names;
  return layout.vocabulary === "bytes" ? 256 : layout.vocabulary.length;
}

interface Scan {
  readonly root: Hex;
  readonly labels: ClassLabels;
}

async function scan({ source, layout, signal }: SourcedParts, classes: number, prefix: Uint8Array): Promise<Scan> {
  const { count, recordBytes } = source;
  const leaf = new Uint8Array(1 + prefix.length + recordBytes); // 0x00 ‖ prefix ‖ record
  leaf.set(prefix, 1);
  const record = leaf.subarray(1 + prefix.length);
  const offset = classOffset(layout, recordBytes, classes);
  const width = codeBytes(classes);
  const labels = offset === undefined || width === 1 ? new Uint8Array(count) : new Uint16Array(count);
  const tree = createMerkleStream(joinNodes);
  for (let index = 0; index < count; index++) {
    if (index % RECORDS_A_TURN === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    source.copy(index, record);
    if (offset !== undefined) {
      const label = readCode(record, offset, width);
      if (label >= classes) throw labelOutOfRange(index, label, classes);
      labels[index] = label;
    }
    tree.add(hash("sha256", leaf, "buffer"));
  }
  return { root: tree.root(), labels };
}

const NODE = new Uint8Array(65).fill(1, 0, 1); // 0x01 ‖ left ‖ right

/** `nodeOf` of `protocol/merkle.ts` with the platform's SHA-256, which is three times as fast. */
function joinNodes(left: Uint8Array, right: Uint8Array): Uint8Array {
  NODE.set(left, 1);
  NODE.set(right, 33);
  return hash("sha256", NODE, "buffer");
}

function labelOutOfRange(index: number, label: number, classes: number): DataError {
  return new DataError(
    { code: "DATA_LABEL_OUT_OF_RANGE", index, label, classes },
    `record ${index} has label ${label}, beyond the ${counted(classes, "class")}`,
  );
}

function requireShort(manifest: DatasetManifest): void {
  const { length } = encodeManifest(manifest);
  if (length <= MAX_MANIFEST_BYTES) return;
  throw new DataError(
    { code: "DATA_MANIFEST_TOO_LONG", actualBytes: length, limitBytes: MAX_MANIFEST_BYTES },
    `the manifest would have ${length} bytes, ${MAX_MANIFEST_BYTES} at most`,
  );
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
