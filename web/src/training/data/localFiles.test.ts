/** Tests a visitor's own files as a data set: the same records as a node reads from the same folder. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { openLocalFiles } from "./localFiles.ts";

/** The IDX form of bytes: magic, sizes, values. */
function idx(sizes: readonly number[], values: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  header.setUint32(0, 0x0800 + sizes.length);
  for (const [i, size] of sizes.entries()) header.setUint32(4 + 4 * i, size);
  return new Uint8Array([...new Uint8Array(header.buffer), ...values]);
}

const images = (count: number): Uint8Array =>
  idx(
    [count, 2, 2],
    Uint8Array.from({ length: 4 * count }, (_, i) => i & 255),
  );
const labels = (count: number): Uint8Array =>
  idx(
    [count],
    Uint8Array.from({ length: count }, (_, i) => i % 3),
  );

const file = (name: string, bytes: Uint8Array): File => new File([bytes as Uint8Array<ArrayBuffer>], name);

const TRAIN = [file("train-images-idx3-ubyte", images(6)), file("train-labels-idx1-ubyte", labels(6))];
const TEST = [file("t10k-images.idx3-ubyte", images(4)), file("t10k-labels.idx1-ubyte", labels(4))];

describe("openLocalFiles", () => {
  it("finds the pairs among other files, under either name, gzipped or not, with equal records", async () => {
    const plain = await openLocalFiles([file("readme.txt", new Uint8Array(3)), ...TEST, ...TRAIN], "mine");
    assert.deepEqual([plain.train.count, plain.test.count, plain.manifest.classes], [6, 4, 3]);
    const packed = await Promise.all(
      [...TRAIN, ...TEST].map(async (it) => {
        return file(`${it.name}.gz`, new Uint8Array(gzipSync(new Uint8Array(await it.arrayBuffer()))));
      }),
    );
    const unpacked = await openLocalFiles(packed, "mine");
    assert.equal(unpacked.manifest.recordsRoot, plain.manifest.recordsRoot);
  });

  it("refuses half a pair, no pair, and a file that can't be", async () => {
    const missing = (error: { detail?: { missing?: string } }) => error.detail?.missing === "train-labels-idx1-ubyte";
    await assert.rejects(openLocalFiles(TRAIN.slice(0, 1), "mine"), missing);
    await assert.rejects(openLocalFiles([], "mine"), { code: "DATA_NOT_A_DATA_FOLDER" });
    const huge = { name: "train-images-idx3-ubyte", size: 2 ** 40, arrayBuffer: () => assert.fail("it is not read") };
    await assert.rejects(openLocalFiles([huge, TRAIN[1]!], "mine"), { code: "DATA_FILE_TOO_LARGE" });
    const gone = { ...huge, size: 9, arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) };
    await assert.rejects(openLocalFiles([gone, TRAIN[1]!], "mine"), { code: "DATA_FILE_UNREADABLE" });
    const html = file("train-images-idx3-ubyte", new TextEncoder().encode("<html>not found</html>"));
    await assert.rejects(openLocalFiles([html, TRAIN[1]!], "mine"), { code: "DATA_IDX_MAGIC" });
  });
});
