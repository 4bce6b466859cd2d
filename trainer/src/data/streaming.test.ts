/** That a data set larger than memory works: a file of 64 MiB in a process that may hold a third of it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { temporaryFolder } from "./testing/temporaryFolder.ts";

const MIB = 2 ** 20;
const FILE_MIB = 64;

/** Heap of the process that reads. Its cache of blocks, 32 MiB, lies outside the heap. Unit: MiB. */
const HEAP_MIB = 24;

describe("a data set larger than memory", () => {
  it("is hashed, read in random order and proven with the memory of the cache and little more", async (test) => {
    const file = join(await temporaryFolder(test), "large.txt");
    const handle = await open(file, "w");
    const block = Uint8Array.from({ length: MIB }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
    for (let part = 0; part < FILE_MIB; part++) await handle.write(block.with(part, 0xff));
    await handle.close();
    const fixture = join(import.meta.dirname, "testing/streamLarge.fixture.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, fixture, file]);
    const { records, largestBytes, proven } = JSON.parse(stdout) as {
      records: number;
      largestBytes: number;
      proven: boolean;
    };
    assert.equal(
      records,
      Math.floor((0.9 * FILE_MIB * MIB - 1_024) / 1_023) + Math.floor((0.1 * FILE_MIB * MIB - 1_024) / 1_023) + 2,
    );
    assert.ok(proven, "the last record is proven");
    assert.ok(largestBytes < (32 + HEAP_MIB) * MIB, `${(largestBytes / MIB).toFixed(1)} MiB`);
  });
});
