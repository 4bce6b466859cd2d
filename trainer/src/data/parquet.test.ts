import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { parquetWriteBuffer } from "hyparquet-writer";
import { createRandomStream } from "../engine/philox.ts";
import { DataError } from "./dataError.ts";
import { openParquet } from "./parquet.ts";
import type { TableRow } from "./table.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

const columnData = [
  { name: "whole", data: Array.from({ length: 10 }, (_, i) => BigInt(i) * 3n), type: "INT64" },
  { name: "real", data: Array.from({ length: 10 }, (_, i) => i / 4), type: "DOUBLE" },
  { name: "text", data: Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? "even" : "odd")), type: "STRING" },
  { name: "flag", data: Array.from({ length: 10 }, (_, i) => i > 5), type: "BOOLEAN" },
  { name: "gap", data: Array.from({ length: 10 }, (_, i) => (i === 4 ? null : i)), type: "INT32", nullable: true },
] as const;

function tableBytes(rowGroupSize = 4): Uint8Array {
  const columns = columnData.map(({ data, ...column }) => ({ ...column, data: [...data] }));
  return new Uint8Array(parquetWriteBuffer({ columnData: columns, rowGroupSize }));
}

async function parquetFile(test: TestContext, bytes: Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(test), "table.parquet");
  await writeFile(file, bytes);
  return file;
}

/** @param deadlineMs long for a sound file, short where some damage keeps the reader busy for ever. */
async function readAll(file: string, deadlineMs = 60_000): Promise<TableRow[]> {
  const table = await openParquet(file, { deadlineMs });
  const rows: TableRow[] = [];
  for await (const some of table.rows(table.columns)) rows.push(...some);
  return rows;
}

describe("openParquet", () => {
  it("reads numbers, texts, booleans and gaps over several row groups", async (test) => {
    const file = await parquetFile(test, tableBytes());
    const rows = await readAll(file);
    assert.equal(rows.length, 10);
    assert.deepEqual(rows[4], { row: 5, cells: [12n, 1, "even", false, null] });
    assert.deepEqual(rows[9], { row: 10, cells: [27n, 2.25, "odd", true, 9] });
  });

  it("gives the asked columns in the asked order, one row group at a time", async (test) => {
    const table = await openParquet(await parquetFile(test, tableBytes()));
    const sizes: number[] = [];
    for await (const rows of table.rows(["text", "whole"])) {
      sizes.push(rows.length);
      assert.equal(rows[0]!.cells[0], "even");
    }
    assert.deepEqual(sizes, [4, 4, 2]);
  });

  it("refuses values that are no numbers, booleans or texts, and files that are missing or none", async (test) => {
    const dates = [{ name: "when", data: [new Date(0), new Date(1)], type: "TIMESTAMP" as const }];
    const file = await parquetFile(test, new Uint8Array(parquetWriteBuffer({ columnData: dates })));
    await refuses(() => readAll(file), { code: "DATA_PARQUET_UNSUPPORTED", file, column: "when" });
    await refuses(() => openParquet(`${file}s`), { code: "DATA_FILE_MISSING", file: `${file}s` });
    for (const bytes of [new Uint8Array(0), new Uint8Array(7), new TextEncoder().encode("a,b\n1,2\n".repeat(9))]) {
      const none = await parquetFile(test, bytes);
      await refuses(() => readAll(none), { code: "DATA_PARQUET_CORRUPT", file: none });
    }
  });

  it("ends with rows or a coded error on any truncation and any flipped bit", async (test) => {
    const whole = tableBytes();
    const random = createRandomStream(new Uint8Array(32), "parquet");
    const file = await parquetFile(test, whole);
    for (let round = 0; round < 30; round++) {
      const bytes = whole.slice(0, round < 8 ? random.nextBelow(whole.length) : whole.length);
      if (round >= 8) bytes[random.nextBelow(bytes.length)]! ^= 1 << random.nextBelow(8);
      await writeFile(file, bytes);
      const outcome = await readAll(file, 2_000).catch((error: unknown) => error);
      assert.ok(Array.isArray(outcome) || outcome instanceof DataError, `round ${round}: ${String(outcome)}`);
    }
  });
});
