import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createRandomStream } from "../engine/philox.ts";
import { MAX_ROW_LENGTH, openCsv } from "./csv.ts";
import { DataError } from "./dataError.ts";
import type { TableRow } from "./table.ts";
import { failureOf, refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

async function csvFile(test: TestContext, text: string | Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(test), "table.csv");
  await writeFile(file, text);
  return file;
}

async function readAll(file: string, columns?: readonly string[]): Promise<TableRow[]> {
  const table = await openCsv(file);
  const rows: TableRow[] = [];
  for await (const some of table.rows(columns ?? table.columns)) rows.push(...some);
  return rows;
}

describe("openCsv", () => {
  it("reads quotes, doubled quotes, line breaks in cells, CRLF, empty lines and a last line without an end", async (test) => {
    const file = await csvFile(test, 'name,"the ""size"""\r\n"a, b","line\r\nbreak"\r\n\r\n"",x\n"c",""""');
    const table = await openCsv(file);
    assert.deepEqual(table.columns, ["name", 'the "size"']);
    assert.deepEqual(await readAll(file), [
      { row: 2, cells: ["a, b", "line\r\nbreak"] },
      { row: 4, cells: ["", "x"] },
      { row: 5, cells: ["c", '"'] },
    ]);
  });

  it("gives the asked columns only, in the asked order, as often as asked", async (test) => {
    const file = await csvFile(test, "\ufeffa,b,c\n1,2,3\n");
    for (let time = 0; time < 2; time++)
      assert.deepEqual(await readAll(file, ["c", "a"]), [{ row: 2, cells: ["3", "1"] }]);
  });

  it("takes the delimiter that is most frequent in the header", async (test) => {
    for (const [delimiter, text] of [
      [";", "a;b\n1,5;2\n"],
      ["\t", "a\tb\n1,5\t2\n"],
    ] as const) {
      assert.deepEqual((await readAll(await csvFile(test, text)))[0]!.cells, ["1,5", "2"], JSON.stringify(delimiter));
    }
  });

  it("gives the same rows wherever a part of the file ends", async (test) => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i},"x ""${i % 7}""\n",é${"🙂".repeat(i % 3)}`);
    const file = await csvFile(test, `n,q,u\r\n${lines.join("\r\n")}\r\n`);
    const rows = await readAll(file);
    assert.equal(rows.length, 40_000);
    rows.forEach(({ row, cells }, i) => {
      assert.deepEqual([row, ...cells], [i + 2, `${i}`, `x "${i % 7}"\n`, `é${"🙂".repeat(i % 3)}`]);
    });
  });

  it("refuses rows of another length, wrong quotes, endless rows, bad headers and bad text, naming the row", async (test) => {
    const refusal = async (text: string | Uint8Array, detail: object): Promise<void> => {
      const file = await csvFile(test, text);
      await refuses(() => readAll(file), { ...detail, file } as never);
    };
    await refusal("a,b\n1,2\n3\n", { code: "DATA_ROW_LENGTH", row: 3, actual: 1, needed: 2 });
    await refusal("a,b\n1,2,3\n", { code: "DATA_ROW_LENGTH", row: 2, actual: 3, needed: 2 });
    await refusal('a,b\n1,"2\n3,4\n', { code: "DATA_CSV_QUOTE", row: 2 });
    await refusal('a,b\n1,2"\n', { code: "DATA_CSV_QUOTE", row: 2 });
    await refusal('a,b\n1,"2"3\n', { code: "DATA_CSV_QUOTE", row: 2 });
    await refusal(`a\n${"x".repeat(MAX_ROW_LENGTH + 300_000)}`, {
      code: "DATA_ROW_TOO_LONG",
      row: 2,
      limitBytes: MAX_ROW_LENGTH,
    });
    await refusal(`a\n"${"x".repeat(MAX_ROW_LENGTH + 300_000)}`, {
      code: "DATA_ROW_TOO_LONG",
      row: 2,
      limitBytes: MAX_ROW_LENGTH,
    });
    await refusal("a,a\n1,2\n", { code: "DATA_TABLE_HEADER", column: "a" });
    await refusal("a,,b\n", { code: "DATA_TABLE_HEADER", column: "" });
    await refusal("", { code: "DATA_TABLE_HEADER", column: "" });
    await refusal(Uint8Array.of(0x61, 10, 0xff, 10), { code: "DATA_TEXT_ENCODING" });
  });

  it("ends with rows or a coded error on any truncation and any flipped bit", async (test) => {
    const whole = new TextEncoder().encode('a,"b ""c"""\r\n1,"x\n"\r\n2.5,é🙂\n');
    const random = createRandomStream(new Uint8Array(32), "csv");
    for (let round = 0; round < 150; round++) {
      const bytes = whole.slice(0, round < 40 ? round : whole.length);
      if (round >= 40) bytes[random.nextBelow(bytes.length)]! ^= 1 << random.nextBelow(8);
      const file = await csvFile(test, bytes);
      const outcome = await readAll(file).catch((error: unknown) => error);
      assert.ok(Array.isArray(outcome) || outcome instanceof DataError, `round ${round}: ${String(outcome)}`);
    }
  });

  it("stops with the signal's reason", async (test) => {
    const file = await csvFile(test, "a\n1\n");
    const signal = AbortSignal.abort(new Error("enough"));
    assert.match(String(await failureOf(() => openCsv(file, { delimiter: ",", signal }))), /enough/);
  });
});
