import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { cifar10Description, openCifar10Folder } from "./cifar10.ts";
import { createDataset } from "./dataset.ts";
import { verifyManifest } from "./manifest.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

/** Record `seed`: its pixels are `seed × 5 + position mod 256`, planes one after the other. */
function recordOf(seed: number, label = seed % 10): Uint8Array {
  return Uint8Array.from({ length: 3_073 }, (_, i) => (i === 0 ? label : seed * 5 + i));
}

async function folderOf(parent: string, files: { readonly [name: string]: readonly number[] }): Promise<string> {
  await mkdir(parent, { recursive: true });
  for (const [name, seeds] of Object.entries(files)) {
    await writeFile(join(parent, name), Buffer.concat(seeds.map((seed) => recordOf(seed))));
  }
  return parent;
}

const SUBSET = join(import.meta.dirname, "../../../../shared/data/cifar10-subset");

describe("openCifar10Folder", () => {
  it("reads the batches in the order of their numbers and puts the colours of a pixel side by side", async (test) => {
    const files = { "data_batch_10.bin": [4], "data_batch_2.bin": [1, 2], "test_batch.bin": [3] };
    const dataset = await openCifar10Folder(await folderOf(await temporaryFolder(test), files));
    test.after(() => dataset.close());
    assert.deepEqual([...dataset.labels("train")], [1, 2, 4]);
    assert.deepEqual([...dataset.labels("test")], [3]);
    const record = dataset.record(0);
    const planes = recordOf(1);
    assert.equal(record.length, 3_073);
    assert.deepEqual(
      [...record.subarray(0, 7)],
      [1, 1, 1025, 2049, 2, 1026, 2050].map((at, i) => (i === 0 ? 1 : planes[at]!)),
    );
    assert.equal(record[3_072], planes[3_072]);
  });

  it("makes the data set that the same images in memory make", async (test) => {
    const folder = await folderOf(await temporaryFolder(test), { "data_batch_1.bin": [7, 8], "test_batch.bin": [9] });
    const dataset = await openCifar10Folder(folder);
    test.after(() => dataset.close());
    const records = [0, 1, 2].map((index) => dataset.record(index));
    const inMemory = createDataset(cifar10Description, {
      shape: [32, 32, 3],
      pixels: Buffer.concat(records.map((record) => record.subarray(1))),
      labels: Uint8Array.from(records, (record) => record[0]!),
      trainCount: 2,
    });
    assert.deepEqual(dataset.manifest, inMemory.manifest);
    verifyManifest(dataset.manifest, dataset);
    const [here, there] = [new Float32Array(3_072), new Float32Array(3_072)];
    const [label, sameLabel] = [new Float32Array(1), new Float32Array(1)];
    dataset.test.read([0], here, label);
    inMemory.test.read([0], there, sameLabel);
    assert.deepEqual([here, label], [there, sameLabel]);
  });

  it("refuses folders and files that are not such", async (test) => {
    const parent = await temporaryFolder(test);
    const gone = join(parent, "gone");
    await refuses(() => openCifar10Folder(gone), { code: "DATA_FOLDER_MISSING", folder: gone });
    await refuses(() => openCifar10Folder(parent), {
      code: "DATA_NOT_A_DATA_FOLDER",
      folder: parent,
      missing: "data_batch_1.bin",
    });
    await folderOf(parent, { "data_batch_1.bin": [1] });
    const missing = "test_batch.bin";
    await refuses(() => openCifar10Folder(parent), { code: "DATA_NOT_A_DATA_FOLDER", folder: parent, missing });
    const file = join(parent, missing);
    await writeFile(file, recordOf(1).subarray(1));
    await refuses(() => openCifar10Folder(parent), {
      code: "DATA_RECORDS_LENGTH",
      file,
      actualBytes: 3_072,
      recordBytes: 3_073,
    });
    await writeFile(file, recordOf(1, 10));
    await refuses(() => openCifar10Folder(parent), {
      code: "DATA_LABEL_OUT_OF_RANGE",
      index: 1,
      label: 10,
      classes: 10,
    });
    await writeFile(file, new Uint8Array(0));
    await refuses(() => openCifar10Folder(parent), { code: "DATA_TOO_FEW_RECORDS", actual: 1, needed: 2 });
  });

  it("stops with the signal's reason", async (test) => {
    const folder = await folderOf(await temporaryFolder(test), { "data_batch_1.bin": [1], "test_batch.bin": [2] });
    await assert.rejects(openCifar10Folder(folder, AbortSignal.abort(new Error("enough"))), /enough/);
  });

  it("reads the real subset", { skip: !existsSync(SUBSET) && "no CIFAR-10 subset here" }, async (test) => {
    const dataset = await openCifar10Folder(SUBSET);
    test.after(() => dataset.close());
    const { splits, recordsRoot } = dataset.manifest;
    assert.deepEqual(splits, { train: [0, 5_000], test: [5_000, 6_000] });
    const counts = new Array<number>(10).fill(0);
    for (const label of dataset.labels("train")) counts[label]!++;
    assert.deepEqual(counts, new Array(10).fill(500));
    assert.match(recordsRoot, /^0x[0-9a-f]{64}$/);
  });
});
