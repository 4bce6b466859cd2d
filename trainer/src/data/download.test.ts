import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../protocol/hex.ts";
import { DataError } from "./dataError.ts";
import { downloadSource } from "./download.ts";
import { fashionMnistSource, mnistSource } from "./sources.ts";
import { type Answer, mirrorFiles, smallSource, startMirror } from "./testing/mirror.ts";
import { failureOf, refuses } from "./testing/refusal.ts";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

/** Long enough for loopback, short enough that a test of a silent server does not drag. Unit: ms. */
const SHORT = 100;

/** The first file that is asked for. */
const FIRST = "train-labels.gz";
const firstBytes = mirrorFiles.get(FIRST)!;

/** A mirror that sends other bytes of the right length. */
const forging: Answer = (response, body) => response.end(body?.map((byte) => byte ^ 1));

describe("downloadSource", () => {
  it("fetches every file once and keeps it under the source's name", async (test) => {
    const cacheDir = await temporaryFolder(test);
    const mirror = await startMirror(test);
    const source = smallSource(mirror.url);
    const bytes = await downloadSource(source, { cacheDir });
    assert.deepEqual(bytes.trainImages, mirrorFiles.get("train-images.gz"));
    assert.deepEqual(bytes.testLabels, mirrorFiles.get("test-labels.gz"));
    assert.deepEqual((await readdir(join(cacheDir, "small"))).sort(), [...mirrorFiles.keys()].sort());

    const again = await downloadSource(source, { cacheDir });
    assert.deepEqual(new Uint8Array(again.trainLabels), bytes.trainLabels);
    assert.equal(mirror.requests.length, 4, "the second time nothing is asked");
  });

  it("fetches a kept file again when it is damaged", async (test) => {
    const cacheDir = await temporaryFolder(test);
    const mirror = await startMirror(test);
    await mkdir(join(cacheDir, "small"));
    await writeFile(join(cacheDir, "small", FIRST), "half a fi");
    await downloadSource(smallSource(mirror.url), { cacheDir });
    assert.deepEqual(new Uint8Array(await readFile(join(cacheDir, "small", FIRST))), firstBytes);
  });

  it("goes on to the next mirror when one has the file not, or another file", async (test) => {
    for (const answer of [forging, ((response) => response.writeHead(404).end("no")) satisfies Answer]) {
      const cacheDir = await temporaryFolder(test);
      const [bad, good] = [await startMirror(test, answer), await startMirror(test)];
      const bytes = await downloadSource(smallSource(bad.url, good.url), { cacheDir });
      assert.deepEqual(bytes.trainLabels, firstBytes);
      assert.equal(bad.requests.length, 4);
    }
  });

  it("refuses other bytes of the same length, and keeps nothing", async (test) => {
    const cacheDir = await temporaryFolder(test);
    const mirror = await startMirror(test, forging);
    await refuses(() => downloadSource(smallSource(mirror.url), { cacheDir }), {
      code: "DATA_DIGEST_MISMATCH",
      url: `${mirror.url}${FIRST}`,
      actual: toHex(sha256(firstBytes.map((byte) => byte ^ 1))),
      needed: toHex(sha256(firstBytes)),
    });
    assert.deepEqual(await readdir(cacheDir), []);
  });

  it("says that a mirror lied even when a later one is merely down", async (test) => {
    const cacheDir = await temporaryFolder(test);
    const mirror = await startMirror(test, forging);
    const error = await failureOf(() => downloadSource(smallSource(mirror.url, "http://127.0.0.1:1/"), { cacheDir }));
    assert.equal(error instanceof DataError && error.code, "DATA_DIGEST_MISMATCH");
  });

  const failing: readonly { readonly name: string; readonly answer: Answer; readonly reason: RegExp }[] = [
    { name: "answers 404", answer: (response) => response.writeHead(404).end("gone"), reason: /HTTP status 404$/ },
    { name: "answers 500", answer: (response) => response.writeHead(500).end(), reason: /HTTP status 500$/ },
    { name: "sends too little", answer: (response) => response.end(firstBytes.slice(0, 5)), reason: /5 of \d+ bytes/ },
    { name: "sends too much", answer: (response) => response.end(new Uint8Array(9_999)), reason: /longer than the/ },
    {
      name: "cuts the connection",
      answer: (response) => {
        response.writeHead(200, { "content-length": "99" }).write("x", () => response.destroy());
      },
      reason: /: UND_ERR_SOCKET$/,
    },
    { name: "never answers", answer: () => {}, reason: /timeout/ },
    { name: "stops in the middle", answer: (response) => void response.writeHead(200).write("x"), reason: /timeout/ },
  ];
  for (const { name, answer, reason } of failing) {
    it(`refuses a mirror that ${name}, and names the ways out`, async (test) => {
      const cacheDir = await temporaryFolder(test);
      const mirror = await startMirror(test, answer);
      const options = { cacheDir, deadlineMs: SHORT, signal: new AbortController().signal };
      const error = await failureOf(() => downloadSource(smallSource(mirror.url), options));
      assert.ok(error instanceof DataError && error.detail.code === "DATA_DOWNLOAD_FAILED");
      assert.equal(error.detail.file, FIRST);
      assert.equal(error.detail.attempts.length, 1);
      assert.match(error.detail.attempts[0]!, reason);
      assert.ok(error.detail.attempts[0]!.startsWith(mirror.url));
      assert.deepEqual(await readdir(cacheDir), []);
    });
  }

  it("tells every mirror's failure when there is no network", async (test) => {
    const cacheDir = await temporaryFolder(test);
    const fetch: typeof globalThis.fetch = () =>
      Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error("dns"), { code: "ENOTFOUND" }) }));
    const [first, second] = mnistSource.mirrors as [string, string];
    await refuses(() => downloadSource(mnistSource, { cacheDir, fetch }), {
      code: "DATA_DOWNLOAD_FAILED",
      file: "train-labels-idx1-ubyte.gz",
      attempts: [first, second].map((mirror) => `${mirror}train-labels-idx1-ubyte.gz: ENOTFOUND`),
    });
  });

  it("stops with the signal's reason when aborted while a server is silent", async (test) => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const mirror = await startMirror(test, () => abort.abort(reason));
    const cacheDir = await temporaryFolder(test);
    const options = { cacheDir, signal: abort.signal };
    assert.equal(await failureOf(() => downloadSource(smallSource(mirror.url, mirror.url), options)), reason);
    assert.equal(mirror.requests.length, 1, "no other mirror is asked");
  });

  it("refuses a cache folder that cannot be written, and does not try the next mirror", async (test) => {
    const cacheDir = join(await temporaryFolder(test), "cache");
    await writeFile(cacheDir, "a file where the folder should be");
    const mirror = await startMirror(test);
    const folder = join(cacheDir, "small");
    await refuses(() => downloadSource(smallSource(mirror.url, mirror.url), { cacheDir }), {
      code: "DATA_CACHE_UNWRITABLE",
      folder,
    });
    assert.equal(mirror.requests.length, 1);
  });
});

describe("sources", () => {
  it("ask only https mirrors, and pin four whole digests each", () => {
    for (const { mirrors, files, classNames } of [mnistSource, fashionMnistSource]) {
      for (const mirror of mirrors) assert.match(mirror, /^https:\/\/.*\/$/);
      for (const { sha256: digest } of Object.values(files)) assert.match(digest, /^0x[0-9a-f]{64}$/);
      assert.equal(new Set(Object.values(files).map((file) => file.sha256)).size, 4);
      assert.equal(classNames.length, 10);
    }
  });
});
