/** Writes a table as records, and measures its columns for their scale. Node only; decides nothing about columns. */
import { DataError } from "./dataError.ts";
import { openRecordFiles } from "./recordFile.ts";
import { codeBytes, type NumberColumn, type TableInput, type TableLayout } from "./recordLayout.ts";
import type { RecordSource } from "./recordSource.ts";
import { createRecordWriter } from "./recordWriter.ts";
import { type Cell, type CellPlace, categoryOf, numberOf, printable, quoted, type TableSource } from "./table.ts";
import type { CompleteSchema } from "./tableInference.ts";
import { type Scale, targetColumns } from "./tableSchema.ts";

/** Every fifth row tests, so that a table sorted by class has each in both parts. */
const TEST_EVERY = 5;

export interface WrittenTable {
  readonly layout: TableLayout;
  readonly trainCount: number;
}

/**
 * Writes the records of `table` to `part`: those of every fifth row at the end.
 *
 * @throws {DataError} `DATA_CELL_MISSING` | `DATA_CELL_NOT_A_NUMBER` | `DATA_CELL_UNKNOWN` | `DATA_CACHE_UNWRITABLE` | what
 *   reading the table finds
 */
export async function writeTable(table: TableSource, schema: CompleteSchema, part: string): Promise<WrittenTable> {
  const fields = fieldsOf(schema);
  const recordBytes = fields.reduce((sum, { bytes }) => sum + bytes, 0);
  const columns = fields.map(({ column }) => column);
  const record = new DataView(new ArrayBuffer(recordBytes));
  const bytes = new Uint8Array(record.buffer);
  const writer = await createRecordWriter(part);
  try {
    let index = 0;
    for await (const rows of table.rows(columns)) {
      for (const { row, cells } of rows) {
        encode({ record, fields }, cells, { file: table.file, row });
        await writer.write(index % TEST_EVERY === TEST_EVERY - 1 ? "test" : "train", bytes);
        index++;
      }
    }
    await writer.finish();
  } finally {
    await writer.close();
  }
  const { trainCount } = writer;
  const source = openRecordFiles([{ file: part }], { recordBytes });
  try {
    return { layout: layoutOf(schema, measure(source, trainCount, fields)), trainCount };
  } finally {
    source.close();
  }
}

interface Field {
  readonly column: string;
  readonly bytes: number;
  /** Its place in the record. */
  readonly at: number;
  /** Undefined for a category. */
  readonly scale?: Scale;
  encode(cell: Cell, place: CellPlace, record: DataView): void;
}

function fieldsOf({ inputs, target }: CompleteSchema): readonly Field[] {
  const fields: Field[] = [];
  const add = (make: (at: number) => Field): void => {
    const last = fields.at(-1);
    fields.push(make(last === undefined ? 0 : last.at + last.bytes));
  };
  for (const input of inputs) {
    if (input.type === "number") add((at) => numberField(input.column, at, input.scale));
    else add((at) => codeField(input.column, at, input.categories));
  }
  if (target.type === "class") add((at) => codeField(target.column, at, target.classes));
  else for (const column of targetColumns(target)) add((at) => numberField(column, at, target.scale));
  return fields;
}

function numberField(column: string, at: number, scale: Scale): Field {
  return {
    column,
    at,
    bytes: 4,
    scale,
    encode: (cell, place, record) => record.setFloat32(at, numberOf(cell, place), true),
  };
}

function codeField(column: string, at: number, names: readonly string[]): Field {
  const codes = new Map(names.map((name, code) => [name, code]));
  const bytes = codeBytes(names.length);
  return {
    column,
    at,
    bytes,
    encode(cell, place, record) {
      const name = categoryOf(cell, place);
      const code = codes.get(name);
      if (code === undefined) throw unknownName(place, name);
      if (bytes === 1) record.setUint8(at, code);
      else record.setUint16(at, code, true);
    },
  };
}

interface Encoding {
  readonly record: DataView;
  readonly fields: readonly Field[];
}

function encode(
  { record, fields }: Encoding,
  cells: readonly Cell[],
  at: { readonly file: string; readonly row: number },
): void {
  fields.forEach((field, i) => {
    field.encode(cells[i] ?? null, { ...at, column: field.column }, record);
  });
}

interface Measure {
  readonly mean: number;
  readonly deviation: number;
}

const AS_IT_IS: Measure = { mean: 0, deviation: 1 };

/**
 * Mean and deviation of each field to be scaled, over the training records: both are summed in binary64 in the order of
 * the records, `mean = Σx / n`, `deviation = √(Σ(x − mean)² / n)` with the unrounded mean, then rounded to binary32. A
 * deviation of 0 becomes 1.
 */
function measure(source: RecordSource, trainCount: number, fields: readonly Field[]): ReadonlyMap<string, Measure> {
  const scaled = fields.filter(({ scale }) => scale === "standard");
  const record = new Uint8Array(source.recordBytes);
  const view = new DataView(record.buffer);
  const sumOver = (term: (x: number, i: number) => number): Float64Array => {
    const sums = new Float64Array(scaled.length);
    for (let index = 0; index < trainCount; index++) {
      source.copy(index, record);
      for (let i = 0; i < scaled.length; i++) sums[i] = sums[i]! + term(view.getFloat32(scaled[i]!.at, true), i);
    }
    return sums;
  };
  const count = Math.max(1, trainCount);
  const means = scaled.length === 0 ? new Float64Array(0) : sumOver((x) => x).map((sum) => sum / count);
  const squares = scaled.length === 0 ? means : sumOver((x, i) => (x - means[i]!) * (x - means[i]!));
  return new Map(
    scaled.map(({ column }, i) => {
      const deviation = Math.fround(Math.sqrt(squares[i]! / count));
      return [column, { mean: Math.fround(means[i]!) + 0, deviation: deviation > 0 ? deviation : 1 }];
    }),
  );
}

function layoutOf({ inputs, target }: CompleteSchema, measures: ReadonlyMap<string, Measure>): TableLayout {
  const numberColumn = (column: string): NumberColumn => ({
    type: "number",
    column: printable(column),
    ...(measures.get(column) ?? AS_IT_IS),
  });
  return {
    kind: "table",
    inputs: inputs.map(
      (input): TableInput =>
        input.type === "number"
          ? numberColumn(input.column)
          : { type: "category", column: printable(input.column), categories: input.categories },
    ),
    target:
      target.type === "class"
        ? { type: "class", column: printable(target.column) }
        : { type: "numbers", columns: target.columns.map(numberColumn) },
  };
}

function unknownName(place: CellPlace, name: string): DataError {
  return new DataError(
    { code: "DATA_CELL_UNKNOWN", ...place },
    `${place.file}, row ${place.row}, column ${quoted(place.column)}: ${quoted(name)} is not among the names that the schema lists`,
  );
}
