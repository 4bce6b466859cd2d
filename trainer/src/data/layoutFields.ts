/** Reads the layout in a manifest that a stranger wrote. Pure. */
import { countOf, type Fields, fieldsOf, isText, malformed, refuseExtra, textOf } from "./manifestFields.ts";
import {
  type CategoryColumn,
  MAX_CODES,
  MAX_NUMBERS,
  MAX_VOCABULARY,
  type NumberColumn,
  type RecordLayout,
  type TableInput,
  type TableLayout,
  type TableTarget,
  type TokenLayout,
} from "./recordLayout.ts";

/**
 * @param value parsed JSON of unknown origin.
 * @throws {DataError} `DATA_MANIFEST_MALFORMED` naming the place below `layout`
 */
export function parseLayout(value: unknown): RecordLayout {
  const fields = fieldsOf(value, "layout");
  switch (fields.kind) {
    case "images":
      refuseExtra(fields, ["kind"], "layout.");
      return { kind: "images" };
    case "tokens":
      return parseTokens(fields);
    case "table":
      return parseTable(fields);
    default:
      throw malformed("layout.kind", "must be images, tokens or table");
  }
}

function parseTokens(fields: Fields): TokenLayout {
  refuseExtra(fields, ["kind", "length", "stride", "vocabulary"], "layout.");
  const length = countOf(fields, "length", "layout.length");
  const stride = countOf(fields, "stride", "layout.stride");
  if (length < 1 || length > MAX_NUMBERS) throw malformed("layout.length", `must be 1 to ${MAX_NUMBERS}`);
  if (stride < 1) throw malformed("layout.stride", "must be at least 1");
  return { kind: "tokens", length, stride, vocabulary: parseVocabulary(fields.vocabulary) };
}

function parseVocabulary(value: unknown): TokenLayout["vocabulary"] {
  if (value === "bytes") return value;
  const isNext = (point: unknown, i: number, all: readonly unknown[]): boolean =>
    Number.isSafeInteger(point) &&
    (point as number) <= 0x10ffff &&
    (point as number) > (i === 0 ? -1 : (all[i - 1] as number));
  if (Array.isArray(value) && value.length > 0 && value.length <= MAX_VOCABULARY && value.every(isNext)) return value;
  throw malformed("layout.vocabulary", `must be "bytes" or at most ${MAX_VOCABULARY} code points in ascending order`);
}

function parseTable(fields: Fields): TableLayout {
  refuseExtra(fields, ["kind", "inputs", "target"], "layout.");
  const { inputs } = fields;
  if (!Array.isArray(inputs) || inputs.length === 0) throw malformed("layout.inputs", "must be a list of columns");
  return {
    kind: "table",
    inputs: inputs.map((input, i) => parseInput(input, `layout.inputs.${i}`)),
    target: parseTarget(fieldsOf(fields.target, "layout.target")),
  };
}

function parseInput(value: unknown, path: string): TableInput {
  const fields = fieldsOf(value, path);
  if (fields.type === "number") return parseNumber(fields, path);
  if (fields.type === "category") return parseCategory(fields, path);
  throw malformed(`${path}.type`, "must be number or category");
}

function parseNumber(fields: Fields, path: string): NumberColumn {
  refuseExtra(fields, ["type", "column", "mean", "deviation"], `${path}.`);
  const { mean, deviation } = fields;
  if (!isBinary32(mean)) throw malformed(`${path}.mean`, "must be a binary32 number");
  if (!isBinary32(deviation) || deviation <= 0) {
    throw malformed(`${path}.deviation`, "must be a binary32 number greater than 0");
  }
  return { type: "number", column: textOf(fields, "column", `${path}.column`), mean, deviation };
}

function parseCategory(fields: Fields, path: string): CategoryColumn {
  refuseExtra(fields, ["type", "column", "categories"], `${path}.`);
  const { categories } = fields;
  const isList = Array.isArray(categories) && categories.length > 0 && categories.length <= MAX_CODES;
  if (!isList || !categories.every(isText)) throw malformed(`${path}.categories`, "must be a list of texts");
  return { type: "category", column: textOf(fields, "column", `${path}.column`), categories };
}

function parseTarget(fields: Fields): TableTarget {
  const path = "layout.target";
  if (fields.type === "class") {
    refuseExtra(fields, ["type", "column"], `${path}.`);
    return { type: "class", column: textOf(fields, "column", `${path}.column`) };
  }
  if (fields.type !== "numbers") throw malformed(`${path}.type`, "must be class or numbers");
  refuseExtra(fields, ["type", "columns"], `${path}.`);
  const { columns } = fields;
  if (!Array.isArray(columns) || columns.length === 0) throw malformed(`${path}.columns`, "must be a list of columns");
  const parsed = columns.map((column, i) => {
    const own = fieldsOf(column, `${path}.columns.${i}`);
    if (own.type !== "number") throw malformed(`${path}.columns.${i}.type`, "must be number");
    return parseNumber(own, `${path}.columns.${i}`);
  });
  return { type: "numbers", columns: parsed };
}

function isBinary32(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.fround(value) === value;
}
