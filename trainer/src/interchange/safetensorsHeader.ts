/**
 * Reads the JSON header of a safetensors file and checks that its tensors tile the data. Copies no tensor.
 *
 * Takes what the format's own implementation takes, with four differences, each on the strict side: the header starts
 * with `{` (the format says so, the implementation lets white space pass); a key stands once; a tensor's entry is an
 * object and its dtype a string; a tensor has at most 64 dimensions.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
import { DTYPE_BITS, type Dtype, isDtype } from "./dtypes.ts";
import { HeaderScanner } from "./headerScanner.ts";
import { InterchangeError, shortName } from "./interchangeError.ts";

export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** From the start of the data. Unit: bytes. */
  readonly from: number;
  readonly to: number;
}

export interface SafetensorsHeader {
  /** In the order in which they lie in the file. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the last tensor ends, from the start of the data. Unit: bytes. */
  readonly dataBytes: number;
}

type Part = "length" | "header" | "tensor" | "data";

const METADATA = "__metadata__";
const MAX_RANK = 64;
/** The format's implementation allows 128 levels in all; a field of an entry is at the third. */
const MAX_FIELD_DEPTH = 125;

/**
 * @param text the header, decoded from UTF-8.
 * @throws {InterchangeError} `INTERCHANGE_SAFETENSORS_MALFORMED`
 */
export function readHeader(text: string): SafetensorsHeader {
  if (!text.startsWith("{")) throw malformed("header", "does not start with {");
  const scanner = new HeaderScanner(text, (problem) => malformed("header", problem));
  const entries = new Map<string, TensorEntry>();
  let metadata: ReadonlyMap<string, string> | undefined;
  readMembers(scanner, (name) => {
    if (name === METADATA) {
      if (metadata !== undefined) throw malformed("header", `holds ${METADATA} twice`);
      metadata = readMetadata(scanner);
    } else {
      if (entries.has(name)) throw malformed("header", `holds tensor ${shortName(name)} twice`, name);
      entries.set(name, readEntry(scanner, name));
    }
  });
  scanner.end();
  const ordered = [...entries.values()].sort((left, right) => left.from - right.from || left.to - right.to);
  return { entries: ordered, metadata: metadata ?? new Map(), dataBytes: checkTiling(ordered) };
}

function readMembers(scanner: HeaderScanner, read: (key: string) => void): void {
  scanner.expect("{");
  if (scanner.take("}")) return;
  do {
    const key = scanner.string();
    scanner.expect(":");
    read(key);
  } while (scanner.take(","));
  scanner.expect("}");
}

/** An object of strings, or null. */
function readMetadata(scanner: HeaderScanner): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (scanner.take("null")) return metadata;
  readMembers(scanner, (key) => {
    if (metadata.has(key)) throw malformed("header", `holds the same key of ${METADATA} twice`);
    metadata.set(key, scanner.string());
  });
  return metadata;
}

function readEntry(scanner: HeaderScanner, name: string): TensorEntry {
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  const seen = new Set<string>();
  readMembers(scanner, (key) => {
    if (seen.has(key)) throw malformed("tensor", `holds ${shortName(key)} twice for ${shortName(name)}`, name);
    seen.add(key);
    if (key === "dtype") dtype = scanner.string();
    else if (key === "shape") shape = readNumbers(scanner, MAX_RANK);
    else if (key === "data_offsets") offsets = readNumbers(scanner, 2);
    else scanner.skipValue(MAX_FIELD_DEPTH);
  });
  const [from, to] = offsets ?? [];
  if (dtype === undefined || shape === undefined || from === undefined || to === undefined)
    throw malformed("tensor", `misses dtype, shape or data_offsets of ${shortName(name)}`, name);
  if (!isDtype(dtype)) throw malformed("tensor", `gives ${shortName(name)} an unknown dtype`, name);
  checkSize({ name, dtype, shape, from, to });
  return { name, dtype, shape, from, to };
}

function readNumbers(scanner: HeaderScanner, max: number): number[] {
  const numbers: number[] = [];
  scanner.expect("[");
  if (scanner.take("]")) return numbers;
  do {
    if (numbers.length === max) throw malformed("header", `holds a list of more than ${max} numbers`);
    numbers.push(scanner.wholeNumber());
  } while (scanner.take(","));
  scanner.expect("]");
  return numbers;
}

/** The shape's elements fill exactly the bytes from `from` to `to`. A product that no double holds fills nothing. */
function checkSize({ name, dtype, shape, from, to }: TensorEntry): void {
  let bits: number = DTYPE_BITS[dtype];
  for (const size of shape) {
    bits *= size;
    if (bits > Number.MAX_SAFE_INTEGER) throw malformed("tensor", `gives ${shortName(name)} an impossible shape`, name);
  }
  if (to >= from && bits === 8 * (to - from)) return;
  throw malformed("tensor", `gives ${shortName(name)} ${to - from} bytes for shape [${shape}] of ${dtype}`, name);
}

/** Every tensor starts where the one before ends: no holes, no overlaps. @returns where the last ends. */
function checkTiling(ordered: readonly TensorEntry[]): number {
  let end = 0;
  for (const { name, from, to } of ordered) {
    if (from !== end)
      throw malformed("data", `places ${shortName(name)} at byte ${from}, where ${end} is expected`, name);
    end = to;
  }
  return end;
}

/** @returns the coded refusal of a file. */
export function malformed(part: Part, problem: string, tensor?: string): InterchangeError {
  const named = tensor === undefined ? {} : { tensor: shortName(tensor) };
  return new InterchangeError(
    { code: "INTERCHANGE_SAFETENSORS_MALFORMED", part, ...named },
    `not a safetensors file: the ${part === "length" ? "file" : "header"} ${problem}`,
  );
}
