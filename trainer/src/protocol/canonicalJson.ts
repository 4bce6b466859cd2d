/**
 * Canonical JSON: one byte string for one value, so that its SHA-256 can stand on chain. Pure.
 *
 * RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
 */
import { TaggedError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type CanonicalJsonDetail =
  | { readonly code: "JSON_NOT_CANONICAL" }
  | { readonly code: "JSON_MALFORMED" }
  | { readonly code: "JSON_TOO_DEEP"; readonly maxDepth: number }
  | { readonly code: "JSON_UNSUPPORTED_VALUE"; readonly path: string };

export class CanonicalJsonError extends TaggedError<CanonicalJsonDetail> {}

/**
 * @returns UTF-8 bytes of the canonical text of `value`.
 * @throws {CanonicalJsonError} `JSON_UNSUPPORTED_VALUE` on a number that is not finite, `undefined`, or a function |
 *   `JSON_TOO_DEEP`
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function encodeCanonicalJson(value: Json): Uint8Array {
  return new TextEncoder().encode(print(value, "$"));
}

/**
 * @returns the value that `bytes` spell.
 * @throws {CanonicalJsonError} `JSON_MALFORMED` when they are not JSON in UTF-8 | `JSON_NOT_CANONICAL` when other bytes
 *   would spell the same value | `JSON_TOO_DEEP`
 */
export function decodeCanonicalJson(bytes: Uint8Array): Json {
  let text: string;
  let value: Json;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new CanonicalJsonError({ code: "JSON_MALFORMED" }, "the document is not JSON", { cause });
  }
  if (print(value, "$") !== text) {
    throw new CanonicalJsonError({ code: "JSON_NOT_CANONICAL" }, "the document is not in canonical form (RFC 8785)");
  }
  return value;
}

/** Deeper than any document of ours, and far from what recursion can hold: foreign bytes come through here. */
const MAX_DEPTH = 64;

function print(value: Json, path: string, depth = 0): string {
  if (depth > MAX_DEPTH) {
    throw new CanonicalJsonError(
      { code: "JSON_TOO_DEEP", maxDepth: MAX_DEPTH },
      `nested deeper than ${MAX_DEPTH} levels`,
    );
  }
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item: Json, i) => print(item, `${path}[${i}]`, depth + 1)).join(",")}]`;
  if (typeof value !== "object") {
    throw new CanonicalJsonError({ code: "JSON_UNSUPPORTED_VALUE", path }, `${path} has no canonical form`);
  }
  const record = value as { readonly [key: string]: Json };
  const fields = Object.keys(record).sort(); // default order of strings is by UTF-16 code units, as JCS asks
  return `{${fields.map((key) => `${JSON.stringify(key)}:${print(record[key]!, `${path}.${key}`, depth + 1)}`).join(",")}}`;
}
