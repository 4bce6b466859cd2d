/** Reads the fields of a manifest that a stranger wrote: each is what it should be, or refused by its path. Pure. */
import type { Hex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import type { IndexRange } from "./dataset.ts";

export type Fields = { readonly [field: string]: unknown };

export function fieldsOf(value: unknown, path = "$"): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path, "must be an object");
  return value as Fields;
}

export function textOf(fields: Fields, field: string, path = field): string {
  const value = fields[field];
  if (!isText(value)) throw malformed(path, "must be text without control characters");
  return value;
}

export function countOf(fields: Fields, field: string, path = field): number {
  const value = fields[field];
  if (!isCount(value)) throw malformed(path, "must be a whole number, zero or more");
  return value;
}

/** @param accepts what each item must pass; the list may not be empty. */
export function listOf(fields: Fields, field: string, accepts: (item: unknown) => boolean): readonly unknown[] {
  const value = fields[field];
  if (!Array.isArray(value) || value.length === 0 || !value.every(accepts)) {
    throw malformed(field, "is not such a list");
  }
  return value;
}

export function splitsOf(fields: Fields): { readonly train: IndexRange; readonly test: IndexRange } {
  const value = fields.splits;
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) {
    throw malformed("splits", "must have train and test");
  }
  const { train, test } = value as Fields;
  if (!isRange(train) || !isRange(test)) throw malformed("splits", "must be pairs of whole numbers");
  return { train, test };
}

export function rootFieldOf(fields: Fields): Hex {
  const root = fields.recordsRoot;
  if (typeof root !== "string" || !/^0x[0-9a-f]{64}$/.test(root)) {
    throw malformed("recordsRoot", "must be 32 bytes in lower-case hex");
  }
  return root as Hex;
}

/** Text of strangers ends on terminals, so it may not steer them. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && !/\p{Cc}/u.test(value);
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRange(value: unknown): value is IndexRange {
  return Array.isArray(value) && value.length === 2 && value.every(isCount);
}

/** Throws when `fields` has a name that is not among `known`. */
export function refuseExtra(fields: Fields, known: readonly string[], path = ""): void {
  const extra = Object.keys(fields).find((field) => !known.includes(field));
  if (extra !== undefined) throw malformed(`${path}${extra}`, "is not a field of a manifest");
}

export function malformed(field: string, problem: string, cause?: unknown): DataError {
  return new DataError({ code: "DATA_MANIFEST_MALFORMED", field }, `manifest: ${field} ${problem}`, { cause });
}
