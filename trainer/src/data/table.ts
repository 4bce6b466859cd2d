/** What a table is to the rest of `data`, whatever file it comes from: named columns and rows of cells. Pure. */
import { DataError } from "./dataError.ts";

/** `null` where there is no value. */
export type Cell = string | number | bigint | boolean | null;

export interface TableRow {
  /** As people count: the first row is 1; in a CSV file that is the header. */
  readonly row: number;
  readonly cells: readonly Cell[];
}

export interface TableSource {
  /** Named in errors. */
  readonly file: string;
  /** Names of all columns, each once and none empty. */
  readonly columns: readonly string[];
  /**
   * @param columns names of the cells wanted, in order.
   * @returns all rows from the first, some at a time; may be called again.
   */
  rows(columns: readonly string[]): AsyncGenerator<readonly TableRow[]>;
}

/** Where a cell is, for errors. */
export interface CellPlace {
  readonly file: string;
  readonly row: number;
  readonly column: string;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const STEERING = /\p{Cc}/u;
const MISSING_NUMBER = new Set(["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"]);

/**
 * @returns the binary32 number nearest to the binary64 number nearest to what the cell says; ties to even both times.
 * @throws {DataError} `DATA_CELL_MISSING` | `DATA_CELL_NOT_A_NUMBER`, also where it lies beyond binary32
 */
export function numberOf(cell: Cell, place: CellPlace): number {
  const value = asNumber(cell);
  if (value !== undefined && Number.isFinite(Math.fround(value))) return Math.fround(value);
  const missing = cell === null || (typeof cell === "string" && MISSING_NUMBER.has(cell.trim())) || Number.isNaN(cell);
  if (missing) throw cellMissing(place);
  throw new DataError(
    { code: "DATA_CELL_NOT_A_NUMBER", ...place },
    `${placeText(place)} is ${quoted(String(cell))}, which is no finite binary32 number`,
  );
}

/** @returns whether {@link numberOf} gives a number or finds the cell empty. */
export function isNumberLike(cell: Cell): boolean {
  const value = asNumber(cell);
  return value !== undefined && Number.isFinite(Math.fround(value));
}

/** @returns the cell as the name of a category or class. @throws {DataError} `DATA_CELL_MISSING` */
export function categoryOf(cell: Cell, place: CellPlace): string {
  const text = cell === null || Number.isNaN(cell) ? "" : printable(String(cell).trim());
  if (text === "") throw cellMissing(place);
  return text;
}

/** @returns `text` without what could steer a terminal: such names enter manifests. */
export function printable(text: string): string {
  return STEERING.test(text) || !text.isWellFormed() ? text.replace(/\p{Cc}/gu, "·").toWellFormed() : text;
}

/** @throws {DataError} `DATA_TABLE_HEADER` when a name is empty or there twice */
export function requireDistinctNames(file: string, columns: readonly string[]): void {
  const wrong = columns.find((name, i) => name === "" || columns.indexOf(name) !== i);
  if (wrong === undefined) return;
  throw new DataError(
    { code: "DATA_TABLE_HEADER", file, column: wrong },
    `the header of ${file} has ${wrong === "" ? "an empty name" : `the name ${quoted(wrong)} twice`}`,
  );
}

function placeText({ file, row, column }: CellPlace): string {
  return `${file}, row ${row}, column ${quoted(column)}: the cell`;
}

/** @returns `text` in quotes, its beginning where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function asNumber(cell: Cell): number | undefined {
  if (typeof cell !== "string") return cell === null ? undefined : Number(cell);
  const text = cell.trim();
  return DECIMAL.test(text) ? Number(text) : undefined;
}

function cellMissing(place: CellPlace): DataError {
  return new DataError({ code: "DATA_CELL_MISSING", ...place }, `${placeText(place)} is empty`);
}
