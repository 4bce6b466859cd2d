import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { createGlyphs } from "./glyphs.ts";
import { openDataset } from "./openDataset.ts";
import { smallPair } from "./testing/idxBytes.ts";
import { smallSource, startMirror } from "./testing/mirror.ts";
import { greyPng } from "./testing/pngBytes.ts";
import { failureOf, refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "cairn-cache-"));
after(() => rmSync(cacheDir, { recursive: true, force: true }));

/** A folder called `name` with ten records, none of the last two classes. */
async function dataFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  const { images, labels } = smallPair(8);
  await mkdir(folder);
  await writeFile(join(folder, "train-images-idx3-ubyte"), images);
  await writeFile(join(folder, "train-labels-idx1-ubyte"), labels);
  return folder;
}

describe("openDataset", () => {
  it("draws glyphs", async () => {
    const { manifest } = await openDataset("glyphs", { cacheDir });
    assert.equal(manifest.name, "glyphs");
    assert.equal(manifest.recordsRoot, createGlyphs().manifest.recordsRoot);
  });

  it("downloads a source by its name", async (test) => {
    const mirror = await startMirror(test);
    const options = { cacheDir: await temporaryFolder(test), sources: [smallSource(mirror.url)] };
    const { manifest } = await openDataset("small", options);
    assert.deepEqual(manifest.splits, { train: [0, 20], test: [20, 30] });
  });

  it("opens a folder with a source's classes, or with those of its labels", async (test) => {
    const folder = await dataFolder(await temporaryFolder(test), "my-digits");
    const asMnist = await openDataset(`mnist:${folder}`, { cacheDir });
    assert.deepEqual([asMnist.manifest.name, asMnist.manifest.classes], ["mnist", 10]);
    const asFashion = await openDataset(`fashion-mnist:${folder}`, { cacheDir });
    assert.equal(asFashion.manifest.classNames[9], "Ankle boot");
    const asIdx = await openDataset(`idx:${folder}`, { cacheDir });
    assert.deepEqual([asIdx.manifest.name, asIdx.manifest.classes], ["my-digits", 8]);
    assert.equal(asIdx.manifest.recordsRoot, asMnist.manifest.recordsRoot);
  });

  it("keeps the user's path out of the manifest", async (test) => {
    const parent = await temporaryFolder(test);
    const { manifest } = await openDataset(`idx:${await dataFolder(parent, "digits")}`, { cacheDir });
    assert.ok(!JSON.stringify(manifest).includes(parent));
  });

  it("opens tables, text and images by the kind before the colon", async (test) => {
    const folder = await temporaryFolder(test);
    await writeFile(join(folder, "t.csv"), `a,b,c\n${"1,2,u\n3,4,v\n".repeat(5)}`);
    await writeFile(join(folder, "t.txt"), "to be or not to be ".repeat(9));
    for (let i = 0; i < 5; i++) {
      await mkdir(join(folder, "shapes/dot"), { recursive: true });
      await writeFile(join(folder, `shapes/dot/${i}.png`), greyPng(2, 2, i));
    }
    const options = { cacheDir: join(folder, "cache") };
    for (const [reference, inputShape, classes] of [
      [`csv:${folder}/t.csv`, [2], 2],
      [`csv:${folder}/t.csv,target=a`, [3], 2],
      [`text:${folder}/t.txt`, [64], 256],
      [`text:${folder}/t.txt,length=3,vocabulary=characters`, [3], 7],
      [`images:${folder}/shapes`, [2, 2, 1], 1],
    ] as const) {
      if (reference.endsWith("t.txt")) {
        await refuses(() => openDataset(reference, options), {
          code: "DATA_TEXT_TOO_SHORT",
          file: `${folder}/t.txt`,
          actual: 171,
          needed: 641,
        });
        continue;
      }
      const dataset = await openDataset(reference, options);
      test.after(() => dataset.close());
      assert.deepEqual([dataset.manifest.inputShape, dataset.manifest.classes], [inputShape, classes], reference);
    }
  });

  it("refuses options where there are none, or others", async (test) => {
    const folder = await temporaryFolder(test);
    for (const reference of [`idx:${folder},length=3`, `text:${folder},target=3`, `csv:${folder},length=3`]) {
      const error = await failureOf(() => openDataset(reference, { cacheDir: folder }));
      assert.equal((error as { code?: string }).code, "DATA_OPTION_INVALID", reference);
    }
  });

  it("refuses a folder that is no data folder", async (test) => {
    const folder = await temporaryFolder(test);
    const missing = "train-images-idx3-ubyte";
    await refuses(() => openDataset(`mnist:${folder}`, { cacheDir }), {
      code: "DATA_NOT_A_DATA_FOLDER",
      folder,
      missing,
    });
  });

  it("refuses a reference that it does not know", async () => {
    for (const reference of ["", "cifar", "glyphs:7", "mnist:", "idx", "idx:", ":x", "MNIST", "xlsx:folder", "csv"]) {
      await refuses(() => openDataset(reference, { cacheDir }), { code: "DATA_REFERENCE_UNKNOWN", reference });
    }
  });

  it("stops with the signal's reason when aborted", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    assert.equal(await failureOf(() => openDataset("glyphs", { cacheDir, signal })), reason);
  });
});
