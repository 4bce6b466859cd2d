/**
 * The manifest of a data set: made, written, read, and checked against the records themselves. Pure.
 *
 * Form v1 holds images with up to 256 classes, and its leaves are the records. Form v2 holds any layout; each of its
 * leaves begins with the digest of the layout, so that equal roots mean equal numbers and not only equal bytes.
 *
 * A manifest proves that records are the agreed ones, not that they are good or rightly labelled.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { decodeCanonicalJson, encodeCanonicalJson, type Json } from "../protocol/canonicalJson.ts";
import { leafHash, type MerkleProof, verifyMerkleProof } from "../protocol/merkle.ts";
import { DataError } from "./dataError.ts";
import type { Dataset, DatasetDescription, DatasetManifest, ImageManifest, RecordManifest } from "./dataset.ts";
import { parseLayout } from "./layoutFields.ts";
import {
  countOf,
  type Fields,
  fieldsOf,
  isCount,
  isText,
  listOf,
  malformed,
  refuseExtra,
  rootFieldOf,
  splitsOf,
  textOf,
} from "./manifestFields.ts";
import { streamedProof, streamedRoot } from "./merkleStream.ts";
import { MAX_CODES, sizesOf } from "./recordLayout.ts";

/** Longest manifest that is read. A thousand class names of 60 letters fit. */
export const MAX_MANIFEST_BYTES = 65_536;

/** Labels of form v1 are one byte, so there are no more classes than this. */
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
export function buildManifest(description: DatasetDescription, subject: ManifestSubject): ImageManifest {
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
    recordsRoot: streamedRoot((index) => leafHash(subject.record(index)), recordCount),
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
  if (fields.schema === "cairn/dataset/v1") return parseImageManifest(fields);
  if (fields.schema === "cairn/dataset/v2") return parseRecordManifest(fields);
  throw malformed("schema", 'must be "cairn/dataset/v1" or "cairn/dataset/v2"');
}

function parseImageManifest(fields: Fields): ImageManifest {
  const inputShape = listOf(fields, "inputShape", isSize);
  const classNames = listOf(fields, "classNames", isText);
  const manifest: ImageManifest = {
    schema: "cairn/dataset/v1",
    ...describedBy(fields),
    inputShape: inputShape as number[],
    classes: countOf(fields, "classes"),
    classNames: classNames as string[],
    recordCount: countOf(fields, "recordCount"),
    splits: splitsOf(fields),
    recordsRoot: rootFieldOf(fields),
    recordBytes: countOf(fields, "recordBytes"),
  };
  refuseExtra(fields, Object.keys(manifest));
  const { classes, recordBytes } = manifest;
  if (classes < 1 || classes > MAX_CLASSES) throw malformed("classes", `must be 1 to ${MAX_CLASSES}`);
  if (classNames.length !== classes) throw malformed("classNames", `must have ${classes} names`);
  if (recordBytes !== product(manifest.inputShape) + 1) {
    throw malformed("recordBytes", "must be one more than the product of inputShape");
  }
  return refuseBadSplits(manifest);
}

function parseRecordManifest(fields: Fields): RecordManifest {
  const { classNames } = fields;
  if (!Array.isArray(classNames) || !classNames.every(isText)) throw malformed("classNames", "must be a list of texts");
  const manifest: RecordManifest = {
    schema: "cairn/dataset/v2",
    ...describedBy(fields),
    inputShape: listOf(fields, "inputShape", isSize) as number[],
    targetSize: countOf(fields, "targetSize"),
    classes: countOf(fields, "classes"),
    classNames,
    recordCount: countOf(fields, "recordCount"),
    splits: splitsOf(fields),
    layout: parseLayout(fields.layout),
    recordsRoot: rootFieldOf(fields),
    recordBytes: countOf(fields, "recordBytes"),
  };
  refuseExtra(fields, Object.keys(manifest));
  refuseWrongClasses(manifest);
  const { layout, classes, inputShape } = manifest;
  const sizes = sizesOf(layout, classes, product(inputShape));
  if (sizes.inputSize !== product(inputShape)) throw malformed("inputShape", "must be what the layout gives");
  if (sizes.targetSize !== manifest.targetSize) throw malformed("targetSize", "must be what the layout gives");
  if (sizes.recordBytes !== manifest.recordBytes) throw malformed("recordBytes", "must be what the layout takes");
  return refuseBadSplits(manifest);
}

/** A vocabulary names itself, values have no classes, and every other class has a name. */
function refuseWrongClasses({ layout, classes, classNames }: RecordManifest): void {
  if (layout.kind === "tokens") {
    const size = layout.vocabulary === "bytes" ? 256 : layout.vocabulary.length;
    if (classes !== size) throw malformed("classes", `must be the vocabulary's ${size}`);
    if (classNames.length > 0) throw malformed("classNames", "must be empty");
    return;
  }
  const named = layout.kind === "images" || layout.target.type === "class";
  if (named ? classes < 1 || classes > MAX_CODES : classes !== 0) throw malformed("classes", "must fit the layout");
  if (classNames.length !== classes) throw malformed("classNames", `must have ${classes} names`);
}

/** A manifest before its records are hashed. */
export type ManifestHead = Omit<ImageManifest, "recordsRoot"> | Omit<RecordManifest, "recordsRoot">;

/**
 * @returns the bytes that every leaf of the manifest's tree begins with: none in form v1; in v2 the SHA-256 of the
 *   canonical JSON of all fields that decide which numbers a record gives, in which split.
 */
export function leafPrefix(manifest: ManifestHead): Uint8Array {
  if (manifest.schema === "cairn/dataset/v1") return new Uint8Array(0);
  const { schema, inputShape, targetSize, classes, recordCount, splits, layout, recordBytes } = manifest;
  const reading = { schema, inputShape, targetSize, classes, recordCount, splits, layout, recordBytes };
  return sha256(encodeCanonicalJson(reading as unknown as Json));
}

/** In the order in which a difference is told. A field of form v2 is absent from v1. */
const COMPARED = ["schema", "inputShape", "targetSize", "classes", "recordCount", "recordBytes", "splits", "layout"];

/**
 * Passes when `dataset` is exactly what `manifest` describes, record for record. Hashes every record.
 *
 * @throws {DataError} `DATA_MANIFEST_DIFFERS` naming the first field with another value | `DATA_ROOT_MISMATCH` when the
 *   fields fit but a record does not
 */
export function verifyManifest(manifest: DatasetManifest, dataset: Pick<Dataset, "manifest" | "record">): void {
  const needed = manifest as unknown as { readonly [field: string]: Json };
  const actual = dataset.manifest as unknown as { readonly [field: string]: Json };
  for (const field of COMPARED) {
    const [need, have] = [printed(needed[field] ?? null), printed(actual[field] ?? null)];
    if (need === have) continue;
    throw new DataError(
      { code: "DATA_MANIFEST_DIFFERS", field },
      `the manifest has ${field} ${need}, this data set ${have}`,
    );
  }
  const root = streamedRoot((index) => leafHash(dataset.record(index)), manifest.recordCount);
  if (root === manifest.recordsRoot) return;
  throw new DataError(
    { code: "DATA_ROOT_MISMATCH", actual: root, needed: manifest.recordsRoot },
    `the records hash to ${root}, the manifest says ${manifest.recordsRoot}`,
  );
}

/** @returns a proof that record `index` belongs to the data set; see {@link verifyRecord}. Hashes every record. */
export function recordProof(dataset: Pick<Dataset, "manifest" | "record">, index: number): MerkleProof {
  return streamedProof((i) => leafHash(dataset.record(i)), dataset.manifest.recordCount, index);
}

/** @returns whether `record`, as {@link Dataset.record} gives it, is the one at `proof.index` of the manifest's data set. */
export function verifyRecord(manifest: DatasetManifest, record: Uint8Array, proof: MerkleProof): boolean {
  return verifyMerkleProof(manifest.recordsRoot, leafHash(record), proof);
}

function describedBy(fields: Fields): Pick<DatasetDescription, "name" | "source" | "licence"> {
  return { name: textOf(fields, "name"), source: textOf(fields, "source"), licence: textOf(fields, "licence") };
}

function refuseBadSplits<M extends DatasetManifest>(manifest: M): M {
  const { splits, recordCount } = manifest;
  const [[first, middle], [start, end]] = [splits.train, splits.test];
  if (first !== 0 || middle !== start || end !== recordCount || middle < 1 || start >= end) {
    throw malformed("splits", "must cut the records in a first part to train and a second to test, neither empty");
  }
  return manifest;
}

function isSize(value: unknown): boolean {
  return isCount(value) && value > 0;
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}

function printed(value: Json): string {
  return new TextDecoder().decode(encodeCanonicalJson(value));
}
