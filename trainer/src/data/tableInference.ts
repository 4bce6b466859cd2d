/**
 * Fills in what a user did not say about a table, by reading all of it once. Nothing is guessed that the cells do not
 * bear out; what was found stands in the manifest. Memory: the different texts of each column, up to a limit.
 */
import { DataError } from "./dataError.ts";
import { MAX_CODES } from "./recordLayout.ts";
import { type Cell, type CellPlace, categoryOf, isNumberLike, numberOf, quoted, type TableSource } from "./table.ts";
import { type Scale, type TableSchema, targetColumns } from "./tableSchema.ts";

/** A text column with more different texts is no category unless the schema says so: names, addresses, free text. */
const MAX_INFERRED_CATEGORIES = 64;

/** A column of whole numbers with more different ones is taken for values to predict, not for classes. */
const MAX_INFERRED_NUMBER_CLASSES = 32;

/** Where no target is named, the last column of one of these names is it; and where there is none, the last column. */
const TARGET_NAMES = ["label", "class", "target"];

/** A schema in which nothing is left open. */
export interface CompleteSchema {
  readonly inputs: readonly CompleteInput[];
  readonly target: CompleteTarget;
}

export type CompleteInput =
  | { readonly column: string; readonly type: "number"; readonly scale: Scale }
  | { readonly column: string; readonly type: "category"; readonly categories: readonly string[] };

export type CompleteTarget =
  | { readonly type: "class"; readonly column: string; readonly classes: readonly string[] }
  | { readonly type: "numbers"; readonly columns: readonly string[]; readonly scale: Scale };

/**
 * @param schema what the user said; everything is inferred where it is missing.
 * @param targetName the target to infer a schema for.
 * @throws {DataError} `DATA_COLUMN_MISSING` | `DATA_COLUMN_UNUSABLE` | `DATA_CELL_MISSING` | what reading finds
 */
export async function completeSchema(
  table: TableSource,
  schema: TableSchema | undefined,
  targetName?: string,
): Promise<CompleteSchema> {
  if (schema !== undefined) {
    const named = [...schema.inputs.map(({ column }) => column), ...targetColumns(schema.target)];
    requireColumns(table, named);
    return fillIn(table, schema, await profile(table, openColumns(schema), () => MAX_CODES));
  }
  if (targetName !== undefined) requireColumns(table, [targetName]);
  const target = targetName ?? usualTarget(table.columns);
  const limitOf = (column: string): number => (column === target ? MAX_CODES : MAX_INFERRED_CATEGORIES);
  return inferAll(table, target, await profile(table, table.columns, limitOf));
}

interface Profile {
  /** Whether every cell is a number. */
  readonly isNumeric: boolean;
  readonly isWhole: boolean;
  /** Undefined where there are more than the limit. */
  readonly texts: ReadonlySet<string> | undefined;
}

type Profiles = ReadonlyMap<string, Profile>;

interface Observation {
  isNumeric: boolean;
  isWhole: boolean;
  texts: Set<string> | undefined;
  readonly limit: number;
}

/** @param limitOf most different texts of a column to remember. */
async function profile(
  table: TableSource,
  columns: readonly string[],
  limitOf: (column: string) => number,
): Promise<Profiles> {
  const start = (column: string): Observation => {
    return { isNumeric: true, isWhole: true, texts: new Set(), limit: limitOf(column) };
  };
  const observations = columns.map(start);
  if (columns.length === 0) return new Map();
  for await (const rows of table.rows(columns)) {
    for (const { row, cells } of rows) {
      columns.forEach((column, i) => {
        observe(observations[i]!, cells[i] ?? null, { file: table.file, row, column });
      });
    }
  }
  return new Map(columns.map((column, i) => [column, observations[i]!]));
}

function observe(seen: Observation, cell: Cell, place: CellPlace): void {
  const text = categoryOf(cell, place);
  seen.isNumeric &&= isNumberLike(cell);
  seen.isWhole &&= seen.isNumeric && Number.isSafeInteger(numberOf(cell, place));
  seen.texts?.add(text);
  if (seen.texts !== undefined && seen.texts.size > seen.limit) seen.texts = undefined;
}

function inferAll(table: TableSource, target: string, profiles: Profiles): CompleteSchema {
  const inputs = table.columns.filter((column) => column !== target);
  if (inputs.length === 0) {
    throw new DataError(
      { code: "DATA_COLUMN_MISSING", file: table.file, column: target },
      `${table.file} has one column only; inputs and a target are needed`,
    );
  }
  return {
    inputs: inputs.map((column) => {
      const { isNumeric, texts } = profiles.get(column)!;
      if (isNumeric) return { column, type: "number", scale: "standard" } as const;
      return {
        column,
        type: "category",
        categories: sortedNames(texts, { file: table.file, column, limit: MAX_INFERRED_CATEGORIES }),
      } as const;
    }),
    target: inferTarget(table.file, target, profiles.get(target)!),
  };
}

function inferTarget(file: string, column: string, { isNumeric, isWhole, texts }: Profile): CompleteTarget {
  const isClass = !isNumeric || (isWhole && (texts?.size ?? MAX_CODES) <= MAX_INFERRED_NUMBER_CLASSES);
  if (!isClass) return { type: "numbers", columns: [column], scale: "none" };
  return { type: "class", column, classes: sortedNames(texts, { file, column, limit: MAX_CODES }) };
}

function fillIn(table: TableSource, schema: TableSchema, profiles: Profiles): CompleteSchema {
  const names = (column: string, given: readonly string[] | undefined): readonly string[] =>
    given ?? sortedNames(profiles.get(column)!.texts, { file: table.file, column, limit: MAX_CODES });
  const { target } = schema;
  return {
    inputs: schema.inputs.map((input) =>
      input.type === "number" ? input : { ...input, categories: names(input.column, input.categories) },
    ),
    target: target.type === "numbers" ? target : { ...target, classes: names(target.column, target.classes) },
  };
}

/** The columns of which the table must tell the categories. */
function openColumns({ inputs, target }: TableSchema): readonly string[] {
  const open = inputs.filter((input) => input.type === "category" && input.categories === undefined);
  const names = open.map(({ column }) => column);
  return target.type === "class" && target.classes === undefined ? [...names, target.column] : names;
}

interface NamesOf {
  readonly file: string;
  readonly column: string;
  readonly limit: number;
}

/** Whole numbers by their value, all else by UTF-16 code units: the same everywhere, whatever the language. */
function sortedNames(texts: ReadonlySet<string> | undefined, { file, column, limit }: NamesOf): readonly string[] {
  if (texts === undefined || texts.size > limit) {
    throw new DataError(
      { code: "DATA_COLUMN_UNUSABLE", file, column },
      `${file}, column ${quoted(column)} holds neither numbers nor at most ${limit} different texts`,
    );
  }
  const names = [...texts];
  return names.every((name) => /^-?\d{1,15}$/.test(name))
    ? names.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1))
    : names.sort();
}

function usualTarget(columns: readonly string[]): string {
  return columns.findLast((column) => TARGET_NAMES.includes(column.toLowerCase())) ?? columns.at(-1)!;
}

function requireColumns({ file, columns }: TableSource, needed: readonly string[]): void {
  const column = needed.find((name) => !columns.includes(name));
  if (column === undefined) return;
  const known = columns.slice(0, 20).map(quoted).join(", ");
  throw new DataError(
    { code: "DATA_COLUMN_MISSING", file, column },
    `${file} has no column ${quoted(column)}; it has ${known}`,
  );
}
