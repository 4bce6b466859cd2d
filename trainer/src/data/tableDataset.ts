/** Opens a CSV or Parquet file as a data set: with the schema beside it, or one made from its cells. Node only. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type ConversionOptions, type Converted, openConverted } from "./convertedDataset.ts";
import { openCsv } from "./csv.ts";
import type { Dataset } from "./dataset.ts";
import { unreadable } from "./folder.ts";
import { openParquet } from "./parquet.ts";
import { sizesOf } from "./recordLayout.ts";
import { optionInvalid, requireKnownOptions } from "./reference.ts";
import { digestOf } from "./sourceFile.ts";
import { printable } from "./table.ts";
import { completeSchema } from "./tableInference.ts";
import { writeTable } from "./tableRecords.ts";
import { parseTableSchema, type TableSchema } from "./tableSchema.ts";

export interface TableFile {
  readonly kind: "csv" | "parquet";
  readonly file: string;
  /** `target`: the column to predict, where there is no schema beside the file. */
  readonly options: ReadonlyMap<string, string>;
}

/**
 * @returns one record a row; every fifth row tests, the others train.
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_OPTION_INVALID` | `DATA_SCHEMA_MALFORMED` | as `openCsv`, `openParquet`,
 *   `completeSchema`, `writeTable` and `openConverted`
 */
export async function openTable({ kind, file, options }: TableFile, cache: ConversionOptions): Promise<Dataset> {
  requireKnownOptions(options, ["target"]);
  const target = options.get("target");
  const schemaFile = `${file}.schema.json`;
  const schemaText = await textIfThere(schemaFile);
  if (schemaText !== undefined && target !== undefined) {
    throw optionInvalid("target", target, `is of no use beside ${basename(schemaFile)}, which names the target`);
  }
  const schema = schemaText === undefined ? undefined : parseTableSchema(schemaText, schemaFile);
  const name = basename(file);
  return openConverted(
    {
      key: await digestOf(file, [kind, schemaText ?? null, target ?? null], cache.signal),
      named: {
        name: printable(name.replace(/\.(csv|tsv|txt|parquet)$/i, "")),
        source: `file ${printable(name)}`,
        licence: "unknown",
      },
      convert: (part) => convert({ kind, file, part, schema, target, signal: cache.signal }),
    },
    cache,
  );
}

interface TableConversion {
  readonly kind: TableFile["kind"];
  readonly file: string;
  readonly part: string;
  readonly schema: TableSchema | undefined;
  readonly target: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function convert({ kind, file, part, schema, target, signal }: TableConversion): Promise<Converted> {
  const table =
    kind === "csv"
      ? await openCsv(file, { delimiter: schema?.delimiter, signal })
      : await openParquet(file, { signal });
  const complete = await completeSchema(table, schema, target);
  const { layout, trainCount } = await writeTable(table, complete, part);
  const classNames = complete.target.type === "class" ? complete.target.classes : [];
  const { inputSize } = sizesOf(layout, classNames.length, 0);
  return { classNames, inputShape: [inputSize], layout, trainCount };
}

async function textIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw unreadable(file, cause);
  }
}
