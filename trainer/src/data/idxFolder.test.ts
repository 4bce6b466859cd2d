import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openIdxFolder } from "./idxFolder.ts";
import { gzipped, smallPair } from "./testing/idxBytes.ts";
import { failureOf, refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

const description = { name: "small", source: "a test", licence: "MIT" };
const [twenty, ten] = [smallPair(20), smallPair(10)];

/** A new folder with these files. */
async function folderOf(test: TestContext, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder(test);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

describe("openIdxFolder", () => {
  it("opens training and test files, packed or not, under both usual names", async (test) => {
    const folder = await folderOf(test, {
      "train-images-idx3-ubyte": twenty.images,
      "train-labels-idx1-ubyte.gz": gzipped(twenty.labels),
      "t10k-images.idx3-ubyte.gz": gzipped(ten.images),
      "t10k-labels.idx1-ubyte": ten.labels,
      "notes.txt": new Uint8Array(3),
    });
    const { manifest } = await openIdxFolder(folder, description);
    assert.deepEqual(manifest.splits, { train: [0, 20], test: [20, 30] });
    assert.deepEqual(manifest.inputShape, [2, 3, 1]);
  });

  it("cuts the only pair of a folder in two, whichever it is", async (test) => {
    for (const split of ["train", "t10k"]) {
      const folder = await folderOf(test, {
        [`${split}-images-idx3-ubyte`]: ten.images,
        [`${split}-labels-idx1-ubyte`]: ten.labels,
      });
      assert.deepEqual((await openIdxFolder(folder, description)).manifest.splits, { train: [0, 8], test: [8, 10] });
    }
  });

  it("unpacks by content, whatever the file is called", async (test) => {
    const folder = await folderOf(test, {
      "train-images-idx3-ubyte": gzipped(ten.images),
      "train-labels-idx1-ubyte.gz": ten.labels,
    });
    assert.equal((await openIdxFolder(folder, description)).manifest.recordCount, 10);
  });

  it("refuses a folder that is not there, and a file in its place", async (test) => {
    const folder = await folderOf(test, { file: new Uint8Array(1) });
    for (const path of [join(folder, "nowhere"), join(folder, "file")]) {
      await refuses(() => openIdxFolder(path, description), { code: "DATA_FOLDER_MISSING", folder: path });
    }
  });

  it("does not call a folder missing that is there but cannot be read", async (test) => {
    const circle = join(await temporaryFolder(test), "circle");
    await symlink(circle, circle);
    await refuses(() => openIdxFolder(circle, description), { code: "DATA_FILE_UNREADABLE", file: circle });
  });

  it("refuses a folder without data", async (test) => {
    const folder = await folderOf(test, { "holiday.jpg": new Uint8Array(9) });
    const missing = "train-images-idx3-ubyte";
    await refuses(() => openIdxFolder(folder, description), { code: "DATA_NOT_A_DATA_FOLDER", folder, missing });
  });

  it("names the missing half of a pair rather than leave the pair out", async (test) => {
    const whole = { "train-images-idx3-ubyte": ten.images, "train-labels-idx1-ubyte": ten.labels };
    const halves = [
      { half: { "t10k-images-idx3-ubyte": ten.images }, missing: "t10k-labels-idx1-ubyte" },
      { half: { "t10k-labels-idx1-ubyte": ten.labels }, missing: "t10k-images-idx3-ubyte" },
    ];
    for (const { half, missing } of halves) {
      const folder = await folderOf(test, { ...whole, ...half });
      await refuses(() => openIdxFolder(folder, description), { code: "DATA_NOT_A_DATA_FOLDER", folder, missing });
    }
  });

  it("names the file that is damaged, too long or no file at all", async (test) => {
    const folder = await folderOf(test, {
      "train-images-idx3-ubyte": ten.images.slice(0, -1),
      "train-labels-idx1-ubyte": ten.labels,
    });
    const file = join(folder, "train-images-idx3-ubyte");
    const [neededBytes, actualBytes] = [ten.images.length, ten.images.length - 1];
    await refuses(() => openIdxFolder(folder, description), {
      code: "DATA_IDX_LENGTH",
      file,
      actualBytes,
      neededBytes,
    });
    await refuses(() => openIdxFolder(folder, description, { limitBytes: 50 }), {
      code: "DATA_FILE_TOO_LARGE",
      file,
      limitBytes: 50,
    });
    const odd = await folderOf(test, { "train-labels-idx1-ubyte": ten.labels });
    await mkdir(join(odd, "train-images-idx3-ubyte"));
    await refuses(() => openIdxFolder(odd, description), {
      code: "DATA_FILE_UNREADABLE",
      file: join(odd, "train-images-idx3-ubyte"),
    });
  });

  it("stops with the signal's reason when aborted", async (test) => {
    const folder = await folderOf(test, {
      "train-images-idx3-ubyte": ten.images,
      "train-labels-idx1-ubyte": ten.labels,
    });
    const reason = new Error("enough");
    assert.equal(
      await failureOf(() => openIdxFolder(folder, description, { signal: AbortSignal.abort(reason) })),
      reason,
    );
  });
});
