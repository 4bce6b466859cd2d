/**
 * CSV as in RFC 4180, read row by row: a file may be larger than memory. Cells are texts here; what they mean is decided
 * elsewhere. Node only.
 *
 * Quotes are strict, rows must all have as many cells as the header, lines that are empty are skipped.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
import { DataError } from "./dataError.ts";
import { textOfFile } from "./sourceFile.ts";
import { printable, requireDistinctNames, type TableRow, type TableSource } from "./table.ts";

/** Longest row that is read. Unit: UTF-16 code units. */
export const MAX_ROW_LENGTH = 1_048_576;

const DELIMITERS = [",", ";", "\t"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface CsvOptions {
  /** @default the one of comma, semicolon and tab that is most frequent in the first line */
  readonly delimiter?: Delimiter | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the header now, and the rows whenever they are asked for.
 *
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE` | `DATA_TEXT_ENCODING` | `DATA_TABLE_HEADER` |
 *   `DATA_CSV_QUOTE` | `DATA_ROW_TOO_LONG`; from `rows` also `DATA_ROW_LENGTH`
 */
export async function openCsv(file: string, { delimiter, signal }: CsvOptions = {}): Promise<TableSource> {
  const chosen = delimiter ?? (await frequentDelimiter(file));
  let columns: readonly string[] = [];
  for await (const [first] of parsedRows(file, chosen, signal)) {
    columns = first?.cells.map((name) => printable(name.trim())) ?? [];
    break;
  }
  if (columns.length === 0) columns = [""]; // an empty file has no header
  requireDistinctNames(file, columns);
  return {
    file,
    columns,
    async *rows(wanted) {
      const places = wanted.map((name) => columns.indexOf(name));
      let isHeader = true;
      for await (const rows of parsedRows(file, chosen, signal)) {
        const data = isHeader ? rows.slice(1) : rows;
        isHeader = false;
        for (const { row, cells } of data) requireLength({ file, row }, cells.length, columns.length);
        yield data.map(({ row, cells }): TableRow => ({ row, cells: places.map((place) => cells[place] ?? null) }));
      }
    },
  };
}

interface TextRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** All rows with a cell, some at a time, never none. */
async function* parsedRows(
  file: string,
  delimiter: Delimiter,
  signal?: AbortSignal,
): AsyncGenerator<readonly TextRow[]> {
  let rest = "";
  let row = 1;
  const parse = (isEnd: boolean): TextRow[] => {
    const rows: TextRow[] = [];
    let at = 0;
    while (at < rest.length) {
      const line = parseRow(rest, at, { delimiter, isEnd, place: { file, row } });
      if (line === undefined) break;
      if (line.cells !== undefined) rows.push({ row, cells: line.cells });
      at = line.next;
      row++;
    }
    rest = rest.slice(at);
    if (rest.length > MAX_ROW_LENGTH) throw rowTooLong({ file, row });
    return rows;
  };
  for await (const text of textOfFile(file, signal)) {
    rest += text;
    const rows = parse(false);
    if (rows.length > 0) yield rows;
  }
  const rows = parse(true);
  if (rows.length > 0) yield rows;
}

interface RowPlace {
  readonly file: string;
  readonly row: number;
}

interface RowContext {
  readonly delimiter: Delimiter;
  /** Whether no more text follows. */
  readonly isEnd: boolean;
  readonly place: RowPlace;
}

interface ParsedRow {
  /** Undefined for an empty line. */
  readonly cells: readonly string[] | undefined;
  /** Where the next row begins. */
  readonly next: number;
}

/** The row that begins at `from`; undefined when its end has not been read yet. */
function parseRow(text: string, from: number, context: RowContext): ParsedRow | undefined {
  const newline = text.indexOf("\n", from);
  const end = newline < 0 ? text.length : newline;
  const line = text.slice(from, end);
  if (line.includes('"')) return parseQuotedRow(text, from, context);
  if (newline < 0 && !context.isEnd) return undefined;
  const plain = line.endsWith("\r") ? line.slice(0, -1) : line;
  return { cells: plain === "" ? undefined : plain.split(context.delimiter), next: end + 1 };
}

function parseQuotedRow(text: string, from: number, context: RowContext): ParsedRow | undefined {
  const { delimiter, isEnd, place } = context;
  const cells: string[] = [];
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at, context) : plainCell(text, at, delimiter);
    if (cell === undefined) return undefined;
    if (text[at] !== '"' && cell.value.includes('"')) throw badQuote(place);
    cells.push(cell.value);
    at = cell.next;
    if (text[at] === delimiter) {
      at++;
      continue;
    }
    if (at >= text.length) return isEnd ? { cells, next: at } : undefined;
    if (text[at] === "\r" && at + 1 === text.length && !isEnd) return undefined;
    if (text[at] === "\r" && (text[at + 1] === "\n" || at + 1 === text.length)) at++;
    if (text[at] !== "\n" && at < text.length) throw badQuote(place);
    return { cells, next: at + 1 };
  }
}

interface ParsedCell {
  readonly value: string;
  /** Where the delimiter or the end of the row stands. */
  readonly next: number;
}

function plainCell(text: string, from: number, delimiter: Delimiter): ParsedCell {
  let next = from;
  while (next < text.length && text[next] !== delimiter && text[next] !== "\n") next++;
  if (text[next - 1] === "\r" && next > from && text[next] !== delimiter) next--;
  return { value: text.slice(from, next), next };
}

function quotedCell(text: string, from: number, { isEnd, place }: RowContext): ParsedCell | undefined {
  let value = "";
  for (let at = from + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) {
      if (isEnd) throw badQuote(place);
      if (text.length - from > MAX_ROW_LENGTH) throw rowTooLong(place);
      return undefined;
    }
    value += text.slice(at, quote);
    if (quote + 1 === text.length && !isEnd) return undefined; // it may be the first half of a doubled one
    if (text[quote + 1] !== '"') return { value, next: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}

async function frequentDelimiter(file: string): Promise<Delimiter> {
  let line = "";
  for await (const text of textOfFile(file)) {
    line += text;
    if (line.includes("\n") || line.length > MAX_ROW_LENGTH) break;
  }
  const [first = ""] = line.split("\n", 1);
  const count = (delimiter: string): number => first.split(delimiter).length;
  return DELIMITERS.reduce((best, other) => (count(other) > count(best) ? other : best));
}

function requireLength(place: RowPlace, actual: number, needed: number): void {
  if (actual === needed) return;
  throw new DataError(
    { code: "DATA_ROW_LENGTH", ...place, actual, needed },
    `${place.file}, row ${place.row}: ${actual} cells, the header has ${needed}`,
  );
}

function badQuote(place: RowPlace): DataError {
  return new DataError(
    { code: "DATA_CSV_QUOTE", ...place },
    `${place.file}, row ${place.row}: a quote stands within a cell, or is never closed`,
  );
}

function rowTooLong(place: RowPlace): DataError {
  return new DataError(
    { code: "DATA_ROW_TOO_LONG", ...place, limitBytes: MAX_ROW_LENGTH },
    `${place.file}, row ${place.row} is longer than ${MAX_ROW_LENGTH} characters`,
  );
}
