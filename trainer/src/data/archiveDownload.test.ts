import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { downloadArchive } from "./archiveDownload.ts";
import { openDataset } from "./openDataset.ts";
import type { ArchiveSource, SourceFile } from "./sources.ts";
import { failureOf, refuses } from "./testing/refusal.ts";
import { tarOf } from "./testing/tarBytes.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

const batch = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 3 * 3_073 }, (_, i) => (i % 3_073 === 0 ? seed : i * seed));
const contents = new Map([
  ["data_batch_1.bin", batch(1)],
  ["test_batch.bin", batch(2)],
]);
const members = [...contents].map(([name, content]) => ({ name: `cifar-10-batches-bin/${name}`, content }));
const packed = Uint8Array.from(gzipSync(tarOf([{ name: "readme.html", content: new Uint8Array(3_000) }, ...members])));

function pinned(name: string, bytes: Uint8Array): SourceFile {
  return { name, byteLength: bytes.length, sha256: `0x${createHash("sha256").update(bytes).digest("hex")}` };
}

function sourceOf(archive: Uint8Array, files: ReadonlyMap<string, Uint8Array> = contents): ArchiveSource {
  return {
    name: "cifar10",
    mirrors: ["http://one.test/", "http://two.test/"],
    archive: pinned("cifar.tar.gz", archive),
    members: [...files].map(([name, content]) => pinned(name, content)),
  };
}

/** A transport by host name; whoever is not there refuses. */
function transport(answers: { readonly [host: string]: Uint8Array }) {
  const asked: string[] = [];
  const fetch = (async (url: string) => {
    const { host } = new URL(url);
    asked.push(host);
    const body = answers[host];
    return body === undefined ? new Response(null, { status: 503 }) : new Response(body as Uint8Array<ArrayBuffer>);
  }) as typeof globalThis.fetch;
  return { fetch, asked };
}

async function emptyCache(test: TestContext): Promise<string> {
  return temporaryFolder(test);
}

describe("downloadArchive", () => {
  it("keeps the members of the first mirror that has the archive, and asks nobody the second time", async (test) => {
    const cacheDir = await emptyCache(test);
    const { fetch, asked } = transport({ "two.test": packed });
    const folder = await downloadArchive(sourceOf(packed), { cacheDir, fetch });
    assert.deepEqual((await readdir(folder)).sort(), ["data_batch_1.bin", "test_batch.bin"]);
    assert.deepEqual(asked, ["one.test", "two.test"]);
    await downloadArchive(sourceOf(packed), { cacheDir, fetch });
    assert.equal(asked.length, 2);
  });

  it("fetches again when a member was damaged", async (test) => {
    const cacheDir = await emptyCache(test);
    const { fetch, asked } = transport({ "one.test": packed });
    const folder = await downloadArchive(sourceOf(packed), { cacheDir, fetch });
    await writeFile(join(folder, "test_batch.bin"), batch(3));
    await downloadArchive(sourceOf(packed), { cacheDir, fetch });
    assert.equal(asked.length, 2);
  });

  it("makes a data set of what was fetched", async (test) => {
    const { fetch } = transport({ "one.test": packed });
    const dataset = await openDataset("cifar10", {
      cacheDir: await emptyCache(test),
      fetch,
      archive: sourceOf(packed),
    });
    test.after(() => dataset.close());
    assert.deepEqual([...dataset.labels("train"), ...dataset.labels("test")], [1, 1, 1, 2, 2, 2]);
  });

  it("refuses other bytes, and leaves nothing of them", async (test) => {
    const cacheDir = await emptyCache(test);
    const forged = packed.slice();
    forged[100]! ^= 1;
    const { fetch } = transport({ "one.test": forged });
    await refuses(() => downloadArchive(sourceOf(packed), { cacheDir, fetch }), {
      code: "DATA_DIGEST_MISMATCH",
      url: "http://one.test/cifar.tar.gz",
      actual: pinned("", forged).sha256,
      needed: pinned("", packed).sha256,
    });
    assert.deepEqual(await readdir(join(cacheDir, "cifar10")), []);
  });

  it("says what went wrong with each mirror", async (test) => {
    const cacheDir = await emptyCache(test);
    const long = new Uint8Array(packed.length + 1);
    const { fetch } = transport({ "one.test": long, "two.test": packed.subarray(1) });
    await refuses(() => downloadArchive(sourceOf(packed), { cacheDir, fetch }), {
      code: "DATA_DOWNLOAD_FAILED",
      file: "cifar.tar.gz",
      attempts: [
        `http://one.test/cifar.tar.gz: longer than the ${packed.length} bytes it should have`,
        `http://two.test/cifar.tar.gz: ${packed.length - 1} of ${packed.length} bytes came`,
      ],
    });
  });

  it("refuses an archive that is what was pinned, but not what it should be", async (test) => {
    const lacking = gzipSync(tarOf(members.slice(1)));
    const damaged = gzipSync(tarOf(members).subarray(0, 3_000));
    const short = packed.subarray(0, Math.floor(packed.length / 2));
    for (const [archive, detail] of [
      [lacking, { code: "DATA_ARCHIVE_INCOMPLETE", file: "cifar.tar.gz", missing: "data_batch_1.bin" }],
      [damaged, { code: "DATA_TAR_CORRUPT", file: "cifar.tar.gz" }],
      [short, { code: "DATA_GZIP_CORRUPT", file: "cifar.tar.gz" }],
    ] as const) {
      const { fetch } = transport({ "one.test": archive });
      const cacheDir = await emptyCache(test);
      await refuses(() => downloadArchive(sourceOf(archive), { cacheDir, fetch }), detail);
    }
  });

  it("stops with the signal's reason", async (test) => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const fetch = (async () => {
      stop.abort(reason);
      throw new Error("aborted");
    }) as typeof globalThis.fetch;
    const options = { cacheDir: await emptyCache(test), fetch, signal: stop.signal };
    assert.equal(await failureOf(() => downloadArchive(sourceOf(packed), options)), reason);
  });
});
