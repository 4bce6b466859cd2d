/**
 * What a user says about a table: which columns are inputs, which is the target, what each holds. Pure.
 *
 * It stands as JSON in `FILE.schema.json`; without it `tableInference.ts` makes one.
 */
import { readFields } from "../engine/fields.ts";
import { DataError } from "./dataError.ts";
import { MAX_CODES } from "./recordLayout.ts";
import { printable } from "./table.ts";

export interface TableSchema {
  /** Of a CSV file; without it the header tells. */
  readonly delimiter?: "," | ";" | "\t" | undefined;
  /** In the order of the inputs; a column that is not here is not used. */
  readonly inputs: readonly SchemaInput[];
  readonly target: SchemaTarget;
}

/** `standard`: less the mean, divided by the deviation of the training rows. `none`: as they are. */
export type Scale = "standard" | "none";

export type SchemaInput =
  | { readonly column: string; readonly type: "number"; readonly scale: Scale }
  /** Without categories: those that are in the table, sorted. */
  | { readonly column: string; readonly type: "category"; readonly categories?: readonly string[] | undefined };

export type SchemaTarget =
  /** Without classes: those that are in the table, sorted. */
  | { readonly type: "class"; readonly column: string; readonly classes?: readonly string[] | undefined }
  | { readonly type: "numbers"; readonly columns: readonly string[]; readonly scale: Scale };

const MAX_COLUMNS = 65_536;
const DELIMITERS = [",", ";", "\t"] as const;
const SCALES = ["standard", "none"] as const;

type FieldReader = ReturnType<typeof readFields>;

/**
 * @param file named in errors.
 * @throws {DataError} `DATA_SCHEMA_MALFORMED` naming the first path that is wrong
 */
export function parseTableSchema(text: string, file: string): TableSchema {
  const refuse = (path: string, problem: string): DataError =>
    new DataError({ code: "DATA_SCHEMA_MALFORMED", file, path }, `${file}: ${path} ${problem}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError({ code: "DATA_SCHEMA_MALFORMED", file, path: "$" }, `${file} is not JSON`, { cause });
  }
  const fields = readFields(value, "$", refuse);
  fields.only(["schema", "delimiter", "inputs", "target"]);
  fields.word("schema", ["cairn/table/v1"]);
  const delimiter = fields.has("delimiter") ? fields.word("delimiter", DELIMITERS) : undefined;
  const inputs = fields.list("inputs", MAX_COLUMNS).map((input, i) => parseInput(input, `$.inputs[${i}]`, refuse));
  const target = parseTarget(fields.object("target"), (value as { readonly target: Raw }).target, refuse);
  fields.end();
  if (inputs.length === 0) throw refuse("$.inputs", "is empty");
  const used = [...inputs.map(({ column }) => column), ...targetColumns(target)];
  const twice = used.find((column, i) => used.indexOf(column) !== i);
  if (twice !== undefined) throw refuse("$", `names the column ${JSON.stringify(twice)} twice`);
  return { delimiter, inputs, target };
}

/** @returns the columns that the target is made of, in order. */
export function targetColumns(target: SchemaTarget): readonly string[] {
  return target.type === "class" ? [target.column] : target.columns;
}

type Refuse = (path: string, problem: string) => DataError;

type Raw = { readonly [field: string]: unknown };

function parseInput(value: unknown, path: string, refuse: Refuse): SchemaInput {
  const fields = readFields(value, path, refuse);
  fields.only(["column", "type", "scale", "categories"]);
  const column = textField(fields, (value as Raw).column, refuse);
  const type = fields.word("type", ["number", "category"]);
  if (type === "number") {
    const scale = fields.has("scale") ? fields.word("scale", SCALES) : "standard";
    fields.end();
    return { column, type, scale };
  }
  const categories = namesField(fields, "categories", refuse);
  fields.end();
  return { column, type, categories };
}

function parseTarget(fields: FieldReader, raw: Raw, refuse: Refuse): SchemaTarget {
  const type = fields.word("type", ["class", "numbers"]);
  if (type === "class") {
    fields.only(["column", "classes"]);
    const column = textField(fields, raw.column, refuse);
    const classes = namesField(fields, "classes", refuse);
    fields.end();
    return { type, column, classes };
  }
  fields.only(["columns", "scale"]);
  const columns = namesField(fields, "columns", refuse);
  const scale = fields.has("scale") ? fields.word("scale", SCALES) : "none";
  fields.end();
  if (columns === undefined) throw refuse(`${fields.path}.columns`, "is missing");
  return { type, columns, scale };
}

/** The field `column`, whose value is `raw`. */
function textField(fields: FieldReader, raw: unknown, refuse: Refuse): string {
  if (typeof raw !== "string" || raw === "") throw refuse(`${fields.path}.column`, "is missing or no text");
  return fields.word("column", [raw]);
}

/** A list of different, non-empty texts; undefined where the field is missing. */
function namesField(fields: FieldReader, name: string, refuse: Refuse): readonly string[] | undefined {
  if (!fields.has(name)) return undefined;
  const names = fields.list(name, MAX_CODES);
  const isName = (text: unknown): boolean => typeof text === "string" && text !== "" && text === printable(text.trim());
  const distinct = new Set(names).size === names.length;
  if (names.length > 0 && distinct && names.every(isName)) return names as readonly string[];
  throw refuse(`${fields.path}.${name}`, "is not a list of different texts without spaces around them");
}
