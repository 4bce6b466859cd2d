import assert from "node:assert/strict";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openRecordFiles } from "./recordFile.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

/** Byte `i` is `i × 7 mod 251`: no block looks like another. */
const patternAt = (position: number): number => (position * 7) % 251;
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => patternAt(i));

describe("openRecordFiles", () => {
  it("reads every record of two files, in any order, through a cache of two blocks", async (test) => {
    const folder = await temporaryFolder(test);
    const [first, second] = [join(folder, "a"), join(folder, "b")];
    await writeFile(first, pattern(300 * 997));
    await writeFile(second, pattern(5 * 997));
    const source = openRecordFiles([{ file: first }, { file: second }], { recordBytes: 997, cacheBytes: 32_768 });
    test.after(() => source.close());
    assert.equal(source.count, 305);
    const record = new Uint8Array(997);
    for (let i = 0; i < 305; i++) {
      const index = (i * 131) % 305;
      source.copy(index, record);
      const from = (index < 300 ? index : index - 300) * 997;
      assert.deepEqual(
        record,
        Uint8Array.from(record, (_, at) => patternAt(from + at)),
        `record ${index}`,
      );
    }
  });

  it("reads records longer than a block", async (test) => {
    const file = join(await temporaryFolder(test), "long");
    await writeFile(file, pattern(3 * 40_000));
    const source = openRecordFiles([{ file }], { recordBytes: 40_000 });
    test.after(() => source.close());
    const record = new Uint8Array(40_000);
    source.copy(2, record);
    assert.deepEqual(record.subarray(0, 3), Uint8Array.from([80_000, 80_001, 80_002], patternAt));
  });

  it("reads windows that overlap, from an offset", async (test) => {
    const file = join(await temporaryFolder(test), "text");
    await writeFile(file, pattern(20));
    const segment = { file, offset: 3, strideBytes: 4, count: 4 };
    const source = openRecordFiles([segment], { recordBytes: 5 });
    test.after(() => source.close());
    const record = new Uint8Array(5);
    source.copy(3, record);
    assert.deepEqual([...record], [15, 16, 17, 18, 19].map(patternAt));
    assert.throws(() => source.copy(4, record), RangeError);
    assert.throws(() => source.copy(0, record.subarray(1)), RangeError);
  });

  it("refuses a file that is missing, a folder, or no whole number of records", async (test) => {
    const folder = await temporaryFolder(test);
    const file = join(folder, "half");
    await writeFile(file, pattern(15));
    const open = (path: string) => () => openRecordFiles([{ file: path }], { recordBytes: 10 });
    await refuses(open(`${file}s`), { code: "DATA_FILE_MISSING", file: `${file}s` });
    await refuses(open(folder), { code: "DATA_FILE_UNREADABLE", file: folder });
    await refuses(open(file), { code: "DATA_RECORDS_LENGTH", file, actualBytes: 15, recordBytes: 10 });
    await refuses(() => openRecordFiles([{ file, offset: 6, count: 1 }], { recordBytes: 10 }), {
      code: "DATA_RECORDS_LENGTH",
      file,
      actualBytes: 15,
      recordBytes: 10,
    });
  });

  it("says so when a file becomes shorter, and reads nothing once closed", async (test) => {
    const file = join(await temporaryFolder(test), "shrinking");
    await writeFile(file, pattern(60_000));
    const source = openRecordFiles([{ file }], { recordBytes: 10 });
    await truncate(file, 30_000);
    const record = new Uint8Array(10);
    source.copy(0, record);
    await refuses(() => source.copy(5_999, record), { code: "DATA_FILE_CHANGED", file });
    source.close();
    source.close();
    assert.throws(() => source.copy(0, record), RangeError);
  });
});
