import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { Records } from "../learning/records.ts";
import type { RecordManifest } from "./dataset.ts";
import { decodeManifest, encodeManifest, recordProof, verifyManifest, verifyRecord } from "./manifest.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";
import { openText, parseTextOptions, type TextOptions } from "./text.ts";

const SHAKESPEARE = join(import.meta.dirname, "../../../../shared/data/tinyshakespeare/input.txt");

async function textFile(test: TestContext, text: string | Uint8Array) {
  const folder = await temporaryFolder(test);
  const file = join(folder, "text.txt");
  await writeFile(file, text);
  const open = async (options: Partial<TextOptions>) => {
    const all = { vocabulary: "bytes", length: 3, stride: options.length ?? 3, ...options } as const;
    const dataset = await openText(file, all, { cacheDir: join(folder, "cache") });
    test.after(() => dataset.close());
    return dataset;
  };
  return { folder, file, open };
}

function readOne(records: Records, index: number): { input: number[]; target: number[] } {
  const [input, target] = [new Float32Array(records.inputSize), new Float32Array(records.targetSize)];
  records.read([index], input, target);
  return { input: [...input], target: [...target] };
}

/** 40 bytes, 0 to 39. */
const counting = Uint8Array.from({ length: 40 }, (_, i) => i);

describe("openText", () => {
  it("gives windows of bytes and the bytes after each, and never a window over the cut", async (test) => {
    const { open } = await textFile(test, counting);
    const { train, test: held, manifest } = await open({});
    // 36 bytes train, and a window at s needs bytes s to s + 3: s = 0, 3 … 30.
    assert.deepEqual([train.count, held.count], [11, 1]);
    assert.deepEqual(readOne(train, 10), { input: [30, 31, 32], target: [31, 32, 33] });
    assert.deepEqual(readOne(held, 0), { input: [36, 37, 38], target: [37, 38, 39] });
    assert.deepEqual([train.inputSize, train.targetSize, train.classes], [3, 3, 256]);
    assert.deepEqual(manifest.splits, { train: [0, 11], test: [11, 12] });
  });

  it("lets windows overlap where the stride is shorter", async (test) => {
    const { open } = await textFile(test, counting);
    const { train } = await open({ stride: 1 });
    assert.equal(train.count, 33);
    assert.deepEqual(readOne(train, 32), { input: [32, 33, 34], target: [33, 34, 35] });
  });

  it("numbers characters in the order of their code points, four-byte ones too", async (test) => {
    const { open } = await textFile(test, "🙂é a".repeat(20));
    const { manifest, train } = await open({ vocabulary: "characters", length: 4 });
    const { layout, classes } = manifest as RecordManifest;
    assert.ok(layout.kind === "tokens");
    assert.deepEqual(layout.vocabulary, [0x20, 0x61, 0xe9, 0x1f642]);
    assert.equal(classes, 4);
    assert.deepEqual(readOne(train, 0), { input: [3, 2, 0, 1], target: [2, 0, 1, 3] });
  });

  it("takes two bytes a token where there are more than 256 characters", async (test) => {
    const text = String.fromCodePoint(...Array.from({ length: 600 }, (_, i) => 0x4e00 + i));
    const { open } = await textFile(test, text);
    const { manifest, train } = await open({ vocabulary: "characters" });
    assert.equal(manifest.recordBytes, 8);
    assert.deepEqual(readOne(train, 100).input, [300, 301, 302]);
  });

  it("has a manifest that survives writing, fits its records and proves each", async (test) => {
    const { open } = await textFile(test, "to be or not to be ".repeat(5));
    const dataset = await open({ vocabulary: "characters" });
    const manifest = decodeManifest(encodeManifest(dataset.manifest));
    assert.deepEqual(manifest, dataset.manifest);
    verifyManifest(manifest, dataset);
    const proof = recordProof(dataset, 3);
    assert.ok(verifyRecord(manifest, dataset.record(3), proof));
    assert.ok(!verifyRecord(manifest, dataset.record(4), proof));
  });

  it("has another root where the same bytes are read another way", async (test) => {
    const { open } = await textFile(test, counting);
    const roots = [await open({}), await open({ stride: 1 }), await open({ vocabulary: "characters" })];
    assert.equal(new Set(roots.map(({ manifest }) => manifest.recordsRoot)).size, 3);
  });

  it("converts once, and again when the conversion was damaged", async (test) => {
    const { open, folder } = await textFile(test, "abc".repeat(40));
    const first = await open({ vocabulary: "characters" });
    const cache = join(folder, "cache/records");
    const [records] = (await readdir(cache)).filter((name) => name.endsWith(".records"));
    const file = join(cache, records!);
    const { ino } = await stat(file);
    const second = await open({ vocabulary: "characters" });
    assert.equal((await stat(file)).ino, ino, "the file is the same");
    assert.deepEqual(second.manifest, first.manifest);
    const bytes = await readFile(file);
    bytes[5]! ^= 1;
    await writeFile(file, bytes);
    assert.deepEqual((await open({ vocabulary: "characters" })).manifest, first.manifest);
    await truncate(file, 7);
    assert.deepEqual((await open({ vocabulary: "characters" })).manifest, first.manifest);
    assert.deepEqual((await readdir(cache)).length, 2, "nothing is left behind");
  });

  it("counts all records as one class", async (test) => {
    const { open } = await textFile(test, counting);
    assert.deepEqual([...(await open({})).labels("train")], new Array(11).fill(0));
  });

  it("refuses texts that are too short, not UTF-8, missing, or too rich", async (test) => {
    const { open, file, folder } = await textFile(test, "x".repeat(30));
    const short = { code: "DATA_TEXT_TOO_SHORT", file, actual: 30, needed: 31 } as const;
    await refuses(() => open({}), short);
    await refuses(() => open({ vocabulary: "characters" }), short);
    await writeFile(file, Uint8Array.of(...counting, 0xc3));
    await refuses(() => open({ vocabulary: "characters" }), { code: "DATA_TEXT_ENCODING", file });
    await writeFile(file, String.fromCodePoint(...Array.from({ length: 8_001 }, (_, i) => 0x4e00 + i)));
    await refuses(() => open({ vocabulary: "characters" }), { code: "DATA_VOCABULARY_TOO_LARGE", file, limit: 8_000 });
    const gone = join(folder, "gone");
    for (const vocabulary of ["bytes", "characters"] as const) {
      const act = () => openText(gone, { vocabulary, length: 3, stride: 3 }, { cacheDir: folder });
      await refuses(act, { code: "DATA_FILE_MISSING", file: gone });
    }
  });

  it("reads Shakespeare", { skip: !existsSync(SHAKESPEARE) && "no Shakespeare here" }, async (test) => {
    const cacheDir = await temporaryFolder(test);
    const dataset = await openText(SHAKESPEARE, { vocabulary: "characters", length: 64, stride: 64 }, { cacheDir });
    test.after(() => dataset.close());
    assert.equal(dataset.manifest.classes, 65);
    assert.deepEqual(dataset.manifest.splits, { train: [0, 15_685], test: [15_685, 17_427] });
    const { input } = readOne(dataset.train, 0);
    const layout = (dataset.manifest as RecordManifest).layout;
    assert.ok(layout.kind === "tokens" && layout.vocabulary !== "bytes");
    const { vocabulary } = layout;
    assert.equal(String.fromCodePoint(...input.map((token) => vocabulary[token]!)).slice(0, 14), "First Citizen:");
  });
});

describe("parseTextOptions", () => {
  it("fills in bytes, 64 and a stride of the length", () => {
    assert.deepEqual(parseTextOptions(new Map()), { vocabulary: "bytes", length: 64, stride: 64 });
    const options = new Map([
      ["length", "8"],
      ["vocabulary", "characters"],
      ["stride", "2"],
    ]);
    assert.deepEqual(parseTextOptions(options), { vocabulary: "characters", length: 8, stride: 2 });
  });

  it("refuses what it does not know", async () => {
    for (const [option, value] of [
      ["vocabulary", "words"],
      ["length", "0"],
      ["length", "1e3"],
      ["stride", "99999999"],
      ["size", "3"],
    ] as const) {
      await refuses(() => parseTextOptions(new Map([[option, value]])), { code: "DATA_OPTION_INVALID", option, value });
    }
  });
});
