import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gunzip, isGzip } from "./gunzip.ts";
import { gzipped } from "./testing/idxBytes.ts";
import { refuses } from "./testing/refusal.ts";

const limits = { file: "labels.gz", limitBytes: 300_000 };
const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251);

describe("gunzip", () => {
  it("gives back what was packed, over many pieces", async () => {
    assert.deepEqual(await gunzip(gzipped(content), limits), content);
  });

  it("allows exactly the limit", async () => {
    assert.equal((await gunzip(gzipped(content), { ...limits, limitBytes: content.length })).length, content.length);
  });

  it("refuses a file that unpacks past the limit, without unpacking all of it", async () => {
    const bomb = gzipped(new Uint8Array(64 * 1024 * 1024)); // 64 MB in 64 kB
    await refuses(() => gunzip(bomb, limits), { code: "DATA_FILE_TOO_LARGE", ...limits });
  });

  it("refuses a file that is cut short, empty or damaged", async () => {
    const packed = gzipped(content);
    const damaged = packed.slice();
    damaged[damaged.length - 6]! ^= 1; // in the checksum
    for (const bytes of [packed.slice(0, -9), packed.slice(0, 12), new Uint8Array(0), damaged, content]) {
      await refuses(() => gunzip(bytes, limits), { code: "DATA_GZIP_CORRUPT", file: limits.file });
    }
  });
});

describe("isGzip", () => {
  it("knows packed bytes by their first two", () => {
    assert.equal(isGzip(gzipped(content)), true);
    assert.equal(isGzip(content), false);
    assert.equal(isGzip(Uint8Array.of(0x1f)), false);
  });
});
