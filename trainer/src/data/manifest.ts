/**
 * The manifest of a data set: made, written, read, and checked against the records themselves. Pure.
 *
 * A manifest proves that records are the agreed ones, not that they are good or rightly labelled.
 */
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "../protocol/canonicalJson.ts";
import type { Hex } from "../protocol/hex.ts";
import { leafHash, type MerkleProof, merkleProof, merkleRoot, verifyMerkleProof } from "../protocol/merkle.ts";
import { DataError } from "./dataError.ts";
import type { Dataset, DatasetDescription, DatasetManifest, IndexRange } from "./dataset.ts";

/** Longest manifest that is read. A thousand class names of 60 letters fit. */
export const MAX_MANIFEST_BYTES = 65_536;

/** Labels are one byte, so there are no more classes than this. */
const MAX_CLASSES = 256;

/** The part of a data set that its manifest is made from. */
export interface ManifestSubject {
  readonly inputShape: readonly number[];
  readonly recordCount: number;
  readonly trainCount: number;
  /** Label ‖ pixels of record `index`. */
  record(index: number): Uint8Array;
}

/** @returns the manifest of `subject`; hashes every record once. */
export function buildManifest(description: DatasetDescription, subject: ManifestSubject): DatasetManifest {
  const { inputShape, recordCount, trainCount } = subject;
  return {
    schema: "cairn/dataset/v1",
    name: description.name,
    source: description.source,
    licence: description.licence,
    inputShape: [...inputShape],
    classes: description.classNames.length,
    classNames: [...description.classNames],
    recordCount,
    splits: { train: [0, trainCount], test: [trainCount, recordCount] },
    recordsRoot: merkleRoot(leavesOf(subject.record, recordCount)),
    recordBytes: 1 + inputShape.reduce((product, size) => product * size, 1),
  };
}

/** @returns canonical bytes (RFC 8785); their digest stands in `DataRegistry`. */
export function encodeManifest(manifest: DatasetManifest): Uint8Array {
  return encodeCanonicalJson(manifest as unknown as Json);
}

/**
 * @param bytes as a stranger sent them.
 * @returns the manifest they spell, with every field checked against the others.
 * @throws {DataError} `DATA_MANIFEST_MALFORMED` naming the first field that is wrong; `$` for the document as a whole
 */
export function decodeManifest(bytes: Uint8Array): DatasetManifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw malformed("$", `longer than ${MAX_MANIFEST_BYTES} bytes`);
  let value: Json;
  try {
    value = decodeCanonicalJson(bytes);
  } catch (cause) {
    throw malformed("$", "not canonical JSON", cause);
  }
  return parseManifest(value);
}

/**
 * @param value parsed JSON of unknown origin.
 * @throws {DataError} `DATA_MANIFEST_MALFORMED` naming the first field that is wrong
 */
export function parseManifest(value: unknown): DatasetManifest {
  const fields = fieldsOf(value);
  if (fields.schema !== "cairn/dataset/v1") throw malformed("schema", 'must be "cairn/dataset/v1"');
  const inputShape = listOf(fields, "inputShape", (size) => isCount(size) && size > 0);
  const classNames = listOf(fields, "classNames", isText);
  const manifest: DatasetManifest = {
    schema: "cairn/dataset/v1",
    name: textOf(fields, "name"),
    source: textOf(fields, "source"),
    licence: textOf(fields, "licence"),
    inputShape: inputShape as number[],
    classes: countOf(fields, "classes"),
    classNames: classNames as string[],
    recordCount: countOf(fields, "recordCount"),
    splits: splitsOf(fields),
    recordsRoot: rootOf(fields),
    recordBytes: countOf(fields, "recordBytes"),
  };
  return refuseContradictions(manifest, Object.keys(fields));
}

/**
 * Passes when `dataset` is exactly what `manifest` describes, record for record. Hashes every record.
 *
 * @throws {DataError} `DATA_MANIFEST_DIFFERS` naming the first field with another value | `DATA_ROOT_MISMATCH` when the
 *   fields fit but a record does not
 */
export function verifyManifest(manifest: DatasetManifest, dataset: Pick<Dataset, "manifest" | "record">): void {
  const needed = manifest as unknown as { readonly [field: string]: Json };
  const actual = dataset.manifest as unknown as { readonly [field: string]: Json };
  for (const field of ["inputShape", "classes", "recordCount", "recordBytes", "splits"]) {
    if (printed(needed[field]!) === printed(actual[field]!)) continue;
    throw new DataError(
      { code: "DATA_MANIFEST_DIFFERS", field },
      `the manifest has ${field} ${printed(needed[field]!)}, this data set ${printed(actual[field]!)}`,
    );
  }
  const root = merkleRoot(leavesOf((index) => dataset.record(index), manifest.recordCount));
  if (root === manifest.recordsRoot) return;
  throw new DataError(
    { code: "DATA_ROOT_MISMATCH", actual: root, needed: manifest.recordsRoot },
    `the records hash to ${root}, the manifest says ${manifest.recordsRoot}`,
  );
}

/** @returns a proof that record `index` belongs to the data set; see {@link verifyRecord}. Hashes every record. */
export function recordProof(dataset: Pick<Dataset, "manifest" | "record">, index: number): MerkleProof {
  return merkleProof(
    leavesOf((i) => dataset.record(i), dataset.manifest.recordCount),
    index,
  );
}

/** @returns whether `record` (label ‖ pixels) is the one at `proof.index` of the manifest's data set. */
export function verifyRecord(manifest: DatasetManifest, record: Uint8Array, proof: MerkleProof): boolean {
  return verifyMerkleProof(manifest.recordsRoot, leafHash(record), proof);
}

function leavesOf(record: (index: number) => Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => leafHash(record(index)));
}

function refuseContradictions(manifest: DatasetManifest, fields: readonly string[]): DatasetManifest {
  const { classes, classNames, inputShape, recordBytes, recordCount, splits } = manifest;
  const extra = fields.find((field) => !Object.hasOwn(manifest, field));
  if (extra !== undefined) throw malformed(extra, "is not a field of a manifest");
  if (classes < 1 || classes > MAX_CLASSES) throw malformed("classes", `must be 1 to ${MAX_CLASSES}`);
  if (classNames.length !== classes) throw malformed("classNames", `must have ${classes} names`);
  const pixels = inputShape.reduce((product, size) => product * size, 1);
  if (recordBytes !== pixels + 1) throw malformed("recordBytes", "must be one more than the product of inputShape");
  const [[first, middle], [start, end]] = [splits.train, splits.test];
  if (first !== 0 || middle !== start || end !== recordCount || middle < 1 || start >= end) {
    throw malformed("splits", "must cut the records in a first part to train and a second to test, neither empty");
  }
  return manifest;
}

type Fields = { readonly [field: string]: unknown };

function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("$", "must be an object");
  return value as Fields;
}

function textOf(fields: Fields, field: string): string {
  const value = fields[field];
  if (!isText(value)) throw malformed(field, "must be text without control characters");
  return value;
}

function countOf(fields: Fields, field: string): number {
  const value = fields[field];
  if (!isCount(value)) throw malformed(field, "must be a whole number, zero or more");
  return value;
}

function listOf(fields: Fields, field: string, accepts: (item: unknown) => boolean): readonly unknown[] {
  const value = fields[field];
  if (!Array.isArray(value) || value.length === 0 || !value.every(accepts))
    throw malformed(field, "is not such a list");
  return value;
}

function splitsOf(fields: Fields): DatasetManifest["splits"] {
  const value = fields.splits;
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) {
    throw malformed("splits", "must have train and test");
  }
  const { train, test } = value as Fields;
  if (!isRange(train) || !isRange(test)) throw malformed("splits", "must be pairs of whole numbers");
  return { train, test };
}

function rootOf(fields: Fields): Hex {
  const root = fields.recordsRoot;
  if (typeof root !== "string" || !/^0x[0-9a-f]{64}$/.test(root)) {
    throw malformed("recordsRoot", "must be 32 bytes in lower-case hex");
  }
  return root as Hex;
}

/** Text of strangers ends on terminals, so it may not steer them. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !/\p{Cc}/u.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRange(value: unknown): value is IndexRange {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

function printed(value: Json): string {
  return new TextDecoder().decode(encodeCanonicalJson(value));
}

function malformed(field: string, problem: string, cause?: unknown): DataError {
  return new DataError({ code: "DATA_MANIFEST_MALFORMED", field }, `manifest: ${field} ${problem}`, { cause });
}
