import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Records } from "../learning/records.ts";
import type { Dataset, RecordManifest } from "./dataset.ts";
import { decodeManifest, encodeManifest, verifyManifest } from "./manifest.ts";
import { openTable, type TableFile } from "./tableDataset.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

interface Opening {
  readonly file: string;
  open(options?: { readonly target?: string }): Promise<Dataset>;
}

async function tableFile(
  test: TestContext,
  content: string | Uint8Array,
  { schema, kind = "csv" }: { readonly schema?: unknown; readonly kind?: TableFile["kind"] } = {},
): Promise<Opening> {
  const folder = await temporaryFolder(test);
  const file = join(folder, `table.${kind}`);
  await writeFile(file, content);
  if (schema !== undefined) {
    await writeFile(`${file}.schema.json`, typeof schema === "string" ? schema : JSON.stringify(schema));
  }
  return {
    file,
    async open(options = {}) {
      const table = { kind, file, options: new Map(Object.entries(options)) };
      const dataset = await openTable(table, { cacheDir: join(folder, "cache") });
      test.after(() => dataset.close());
      return dataset;
    },
  };
}

function readAll(records: Records): { inputs: number[][]; targets: number[][] } {
  const { count, inputSize, targetSize } = records;
  const [inputs, targets] = [new Float32Array(count * inputSize), new Float32Array(count * targetSize)];
  records.read(
    Array.from({ length: count }, (_, i) => i),
    inputs,
    targets,
  );
  const rows = (numbers: Float32Array, size: number): number[][] =>
    Array.from({ length: count }, (_, i) => [...numbers.subarray(i * size, (i + 1) * size)]);
  return { inputs: rows(inputs, inputSize), targets: rows(targets, targetSize) };
}

function layoutOf(dataset: Dataset): RecordManifest["layout"] & { kind: "table" } {
  const { layout } = dataset.manifest as RecordManifest;
  assert.ok(layout.kind === "table");
  return layout;
}

/** Ten rows: x = 1 … 10, a colour, a kind. */
const CSV = `x,colour,kind\n${Array.from({ length: 10 }, (_, i) => `${i + 1},${["red", " green"][i % 2]},${["b", "a", "c"][i % 3]}`).join("\n")}\n`;

describe("openTable", () => {
  it("infers numbers, categories and classes; every fifth row tests", async (test) => {
    const { open } = await tableFile(test, CSV);
    const dataset = await open();
    const { manifest } = dataset;
    assert.deepEqual([manifest.classNames, manifest.classes, manifest.inputShape], [["a", "b", "c"], 3, [3]]);
    assert.deepEqual(manifest.splits, { train: [0, 8], test: [8, 10] });
    const [x, colour] = layoutOf(dataset).inputs;
    // 1, 2, 3, 4, 6, 7, 8, 9: mean 5, variance (16+9+4+1+1+4+9+16)/8 = 7.5
    assert.deepEqual(x, { type: "number", column: "x", mean: 5, deviation: Math.fround(Math.sqrt(7.5)) });
    assert.deepEqual(colour, { type: "category", column: "colour", categories: ["green", "red"] });
    const { inputs, targets } = readAll(dataset.test);
    const scaled = (value: number): number => Math.fround((value - 5) / Math.fround(Math.sqrt(7.5)));
    assert.deepEqual(inputs, [
      [scaled(5), 0, 1],
      [scaled(10), 1, 0],
    ]);
    assert.deepEqual(targets, [[0], [1]]);
    assert.deepEqual([...dataset.labels("train")], [1, 0, 2, 1, 2, 1, 0, 2]);
  });

  it("takes another target by its name, and whole numbers of which there are few for classes", async (test) => {
    const { open } = await tableFile(test, CSV);
    const byColour = await open({ target: "colour" });
    assert.deepEqual(byColour.manifest.classNames, ["green", "red"]);
    const byNumber = await open({ target: "x" });
    assert.deepEqual(byNumber.manifest.classNames, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  });

  it("takes a column called label for the target wherever it stands", async (test) => {
    const { open } = await tableFile(test, `Label,x\n${"u,0.5\nv,1\n".repeat(3)}`);
    assert.deepEqual((await open()).manifest.classNames, ["u", "v"]);
  });

  it("gives values where the target is a real number, and says that there are no classes", async (test) => {
    const rows = Array.from({ length: 10 }, (_, i) => `${i},${i / 10 + 0.05}`);
    const { open } = await tableFile(test, `x,price\n${rows.join("\n")}\n`);
    const dataset = await open();
    assert.deepEqual([dataset.train.classes, dataset.train.targetSize, dataset.manifest.classNames], [0, 1, []]);
    assert.deepEqual(readAll(dataset.test).targets, [[Math.fround(0.45)], [Math.fround(0.95)]]);
    assert.deepEqual([...dataset.labels("test")], [0, 0]);
  });

  it("does what a schema says: columns, order, scales, names and delimiter", async (test) => {
    const schema = {
      schema: "cairn/table/v1",
      delimiter: ";",
      inputs: [
        { column: "c", type: "category", categories: ["no", "yes", "maybe"] },
        { column: "a", type: "number", scale: "none" },
      ],
      target: { type: "numbers", columns: ["b", "d"], scale: "standard" },
    };
    const rows = Array.from({ length: 10 }, (_, i) => `${i};${i};${i % 2 ? "yes" : "no"};-3;free text ${i}`);
    const { open } = await tableFile(test, `a;b;c;d;e\n${rows.join("\n")}`, { schema });
    const dataset = await open();
    assert.deepEqual([dataset.manifest.inputShape, dataset.train.targetSize], [[4], 2]);
    const { inputs, targets } = readAll(dataset.test);
    assert.deepEqual(inputs, [
      [1, 0, 0, 4],
      [0, 1, 0, 9],
    ]);
    assert.equal(targets[0]![1], 0, "a column without deviation is divided by 1");
    assert.ok(Math.abs(targets[1]![0]! - (9 - 4) / Math.sqrt(7.5)) < 1e-6);
  });

  it("has a manifest that survives writing and fits its records; the schema is part of the root", async (test) => {
    const dataset = await (await tableFile(test, CSV)).open();
    const manifest = decodeManifest(encodeManifest(dataset.manifest));
    assert.deepEqual(manifest, dataset.manifest);
    verifyManifest(manifest, dataset);
    const schema = {
      schema: "cairn/table/v1",
      inputs: [
        { column: "x", type: "number", scale: "none" },
        { column: "colour", type: "category" },
      ],
      target: { type: "class", column: "kind" },
    };
    const other = await (await tableFile(test, CSV, { schema })).open();
    assert.equal(other.manifest.recordBytes, manifest.recordBytes);
    assert.notEqual(other.manifest.recordsRoot, manifest.recordsRoot);
  });

  it("gives the same numbers from Parquet as from CSV", async (test) => {
    const lines = CSV.trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    const columnData = [
      { name: "x", data: lines.map(([x]) => Number(x)), type: "INT32" as const },
      { name: "colour", data: lines.map(([, colour]) => colour!.trim()), type: "STRING" as const },
      { name: "kind", data: lines.map(([, , kind]) => kind!), type: "STRING" as const },
    ];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 3 }));
    const fromParquet = await (await tableFile(test, bytes, { kind: "parquet" })).open();
    const fromCsv = await (await tableFile(test, CSV)).open();
    assert.equal(fromParquet.manifest.recordsRoot, fromCsv.manifest.recordsRoot);
  });

  it("refuses bad cells by row and column", async (test) => {
    const numbers = {
      schema: "cairn/table/v1",
      inputs: [{ column: "a", type: "number" }],
      target: { type: "class", column: "b", classes: ["u", "v"] },
    };
    const refusal = async (cells: string, code: string, place: object): Promise<void> => {
      const { open, file } = await tableFile(test, `a,b\n1,u\n${cells}\n`, { schema: numbers });
      await refuses(() => open(), { code, file, ...place } as never);
    };
    await refusal(",v", "DATA_CELL_MISSING", { row: 3, column: "a" });
    await refusal("NaN,v", "DATA_CELL_MISSING", { row: 3, column: "a" });
    await refusal("1, ", "DATA_CELL_MISSING", { row: 3, column: "b" });
    for (const cell of ["x", "0x10", "1e39", "1_000", "1.5.2", "Infinity", "1 2"]) {
      await refusal(`${cell},v`, "DATA_CELL_NOT_A_NUMBER", { row: 3, column: "a" });
    }
    await refusal("1,w", "DATA_CELL_UNKNOWN", { row: 3, column: "b" });
    await refusal("1", "DATA_ROW_LENGTH", { row: 3, actual: 1, needed: 2 });
  });

  it("refuses tables that make no data set", async (test) => {
    const names = Array.from({ length: 70 }, (_, i) => `name ${i},${i % 2}`).join("\n");
    const wide = await tableFile(test, `who,y\n${names}\n`);
    await refuses(() => wide.open(), { code: "DATA_COLUMN_UNUSABLE", file: wide.file, column: "who" });
    const narrow = await tableFile(test, "y\n1\n2\n");
    await refuses(() => narrow.open(), { code: "DATA_COLUMN_MISSING", file: narrow.file, column: "y" });
    await refuses(() => narrow.open({ target: "z" }), { code: "DATA_COLUMN_MISSING", file: narrow.file, column: "z" });
    const short = await tableFile(test, "x,y\n1,2\n2,3\n");
    await refuses(() => short.open(), { code: "DATA_TOO_FEW_RECORDS", actual: 2, needed: 2 });
    const bare = await tableFile(test, "x,y\n");
    await refuses(() => bare.open(), { code: "DATA_TOO_FEW_RECORDS", actual: 0, needed: 2 });
    const folder = { kind: "csv", file: dirname(short.file), options: new Map() } as const;
    await refuses(() => openTable(folder, { cacheDir: "unused" }), { code: "DATA_FILE_UNREADABLE", file: folder.file });
    const gone = { kind: "csv", file: `${short.file}s`, options: new Map() } as const;
    await refuses(() => openTable(gone, { cacheDir: "unused" }), { code: "DATA_FILE_MISSING", file: gone.file });
  });

  it("refuses a schema that is wrong, and a target beside a schema", async (test) => {
    const good = {
      schema: "cairn/table/v1",
      inputs: [{ column: "x", type: "number" }],
      target: { type: "class", column: "kind" },
    };
    const wrong: readonly (readonly [path: string, schema: unknown])[] = [
      ["$", "{"],
      ["$.schema", { ...good, schema: "cairn/table/v2" }],
      ["$.inputs", { ...good, inputs: [] }],
      ["$.inputs[0].column", { ...good, inputs: [{ type: "number" }] }],
      ["$.inputs[0].type", { ...good, inputs: [{ column: "x", type: "date" }] }],
      ["$.inputs[0].categories", { ...good, inputs: [{ column: "x", type: "category", categories: ["a", "a"] }] }],
      ["$.inputs[0].scales", { ...good, inputs: [{ column: "x", type: "number", scales: "none" }] }],
      ["$.target.columns", { ...good, target: { type: "numbers" } }],
      ["$", { ...good, target: { type: "class", column: "x" } }],
      ["$.more", { ...good, more: 1 }],
    ];
    for (const [path, schema] of wrong) {
      const { open, file } = await tableFile(test, CSV, { schema });
      await refuses(() => open(), { code: "DATA_SCHEMA_MALFORMED", file: `${file}.schema.json`, path });
    }
    const { open } = await tableFile(test, CSV, { schema: good });
    await refuses(() => open({ target: "x" }), { code: "DATA_OPTION_INVALID", option: "target", value: "x" });
    const lacking = await tableFile(test, CSV, { schema: { ...good, inputs: [{ column: "z", type: "number" }] } });
    await refuses(() => lacking.open(), { code: "DATA_COLUMN_MISSING", file: lacking.file, column: "z" });
  });
});
