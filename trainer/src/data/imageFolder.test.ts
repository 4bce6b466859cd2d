import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import jpeg from "jpeg-js";
import { createRandomStream } from "../engine/philox.ts";
import { DataError } from "./dataError.ts";
import { openImageFolder } from "./imageFolder.ts";
import { decodeJpeg } from "./jpeg.ts";
import { verifyManifest } from "./manifest.ts";
import { greyPng, pngOf } from "./testing/pngBytes.ts";
import { refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

async function imageFolder(test: TestContext, files: { readonly [path: string]: Uint8Array }) {
  const parent = await temporaryFolder(test);
  const folder = join(parent, "shapes");
  await mkdir(folder);
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const open = async () => {
    const dataset = await openImageFolder(folder, { cacheDir: join(parent, "cache") });
    test.after(() => dataset.close());
    return dataset;
  };
  return { folder, open };
}

const colourPng = pngOf({ width: 2, height: 1, colourType: 2, rows: Uint8Array.of(0, 1, 2, 3, 4, 5, 6) });

/** A smooth colour image with an edge. */
function jpegBytes(width = 17, height = 9): Uint8Array {
  const data = Buffer.alloc(width * height * 4, 255);
  for (let i = 0; i < width * height; i++) data.set([i % 256, (i * 3) % 256, i % width > 8 ? 200 : 20], 4 * i);
  return jpeg.encode({ width, height, data }, 90).data;
}

describe("openImageFolder", () => {
  it("takes sub-folders for classes, and every fifth image of a class in the order of names for the test", async (test) => {
    const files: { [path: string]: Uint8Array } = { "notes.txt": Uint8Array.of(1), "ring/readme.md": Uint8Array.of(1) };
    for (let i = 0; i < 10; i++) files[`ring/${i}.png`] = greyPng(2, 1, i);
    for (let i = 0; i < 5; i++) files[`cross/${i}.PNG`] = greyPng(2, 1, 100 + i);
    const dataset = await (await imageFolder(test, files)).open();
    const { manifest } = dataset;
    assert.equal(manifest.schema, "cairn/dataset/v1");
    assert.deepEqual(
      [manifest.name, manifest.classNames, manifest.inputShape],
      ["shapes", ["cross", "ring"], [1, 2, 1]],
    );
    assert.deepEqual([...dataset.labels("train")], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    assert.deepEqual(
      [12, 13, 14].map((i) => [...dataset.record(i)]),
      [
        [0, 104, 104],
        [1, 4, 4],
        [1, 9, 9],
      ],
    );
    verifyManifest(manifest, dataset);
  });

  it("takes train and test sub-folders where there are both", async (test) => {
    const files = {
      "train/b/1.png": greyPng(1, 1, 1),
      "train/a/2.png": greyPng(1, 1, 2),
      "test/b/3.png": greyPng(1, 1, 3),
    };
    const dataset = await (await imageFolder(test, files)).open();
    assert.deepEqual(dataset.manifest.splits, { train: [0, 2], test: [2, 3] });
    assert.deepEqual(
      [0, 1, 2].map((i) => [...dataset.record(i)]),
      [
        [0, 2],
        [1, 1],
        [1, 3],
      ],
    );
  });

  it("puts grey images into three channels where the first has colours, but not the other way round", async (test) => {
    const grey = greyPng(2, 1, 9);
    const mixed = await imageFolder(test, { "train/a/1.png": colourPng, "test/a/2.png": grey });
    assert.deepEqual([...(await mixed.open()).record(1)], [0, 9, 9, 9, 9, 9, 9]);
    const other = await imageFolder(test, { "train/a/1.png": colourPng, "train/a/0.png": grey, "test/a/2.png": grey });
    await refuses(() => other.open(), {
      code: "DATA_IMAGE_DIFFERS",
      file: join(other.folder, "train/a/1.png"),
      actual: [1, 2, 3],
      needed: [1, 2, 1],
    });
  });

  it("names two bytes of class where there are more than 256", async (test) => {
    const files: { [path: string]: Uint8Array } = {};
    for (let i = 0; i < 300; i++) files[`${i % 2 ? "test" : "train"}/${1000 + i}/x.png`] = greyPng(1, 1, i % 256);
    const dataset = await (await imageFolder(test, files)).open();
    assert.equal(dataset.manifest.schema, "cairn/dataset/v2");
    assert.deepEqual([dataset.manifest.recordBytes, dataset.manifest.classes], [3, 300]);
    const [input, target] = [new Float32Array(1), new Float32Array(1)];
    dataset.test.read([149], input, target);
    assert.deepEqual([target[0], input[0]], [299, Math.fround(43 / 255)]);
    assert.equal(dataset.labels("test")[149], 299);
  });

  it("refuses folders without images, damaged images and other formats", async (test) => {
    const empty = await imageFolder(test, { "a/notes.txt": Uint8Array.of(1) });
    await refuses(() => empty.open(), {
      code: "DATA_NOT_A_DATA_FOLDER",
      folder: empty.folder,
      missing: "*.png, *.jpg",
    });
    const gone = join(empty.folder, "gone");
    await refuses(() => openImageFolder(gone, { cacheDir: gone }), { code: "DATA_FOLDER_MISSING", folder: gone });
    const broken = await imageFolder(test, {
      "a/1.png": greyPng(2, 2, 3).subarray(0, 50),
      "a/2.jpg": Uint8Array.of(1),
    });
    await refuses(() => broken.open(), { code: "DATA_IMAGE_CORRUPT", file: join(broken.folder, "a/1.png") });
    await writeFile(join(broken.folder, "a/1.png"), greyPng(2, 2, 3));
    await refuses(() => broken.open(), { code: "DATA_IMAGE_CORRUPT", file: join(broken.folder, "a/2.jpg") });
  });
});

describe("decodeJpeg", () => {
  it("gives the pixels that it always gave: they are part of roots", () => {
    const image = decodeJpeg(jpegBytes(), "a.jpg");
    assert.deepEqual([image.width, image.height, image.channels], [17, 9, 3]);
    assert.equal(createHash("sha256").update(image.pixels).digest("hex"), PIXELS_DIGEST);
  });

  it("ends with an image or a coded error on any truncation and any flipped bit", () => {
    const whole = jpegBytes();
    const random = createRandomStream(new Uint8Array(32), "jpeg");
    for (let round = 0; round < 200; round++) {
      const bytes = whole.slice(0, round < 60 ? random.nextBelow(whole.length) : whole.length);
      if (round >= 60) bytes[random.nextBelow(bytes.length)]! ^= 1 << random.nextBelow(8);
      try {
        decodeJpeg(bytes, "a.jpg");
      } catch (error) {
        assert.ok(error instanceof DataError, `round ${round}: ${String(error)}`);
      }
    }
  });
});

/** Of the decoder as it was first pinned. */
const PIXELS_DIGEST = "a457e13199c0e9cca63ab8438465894badc2684927020884800d26ff48a31e5e";
