import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openGlyphs } from "./glyphCache.ts";
import { GLYPHS_ROOT } from "./glyphs.ts";

describe("openGlyphs", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cairn-glyphs-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("draws what is not there, keeps it in one file, and reads the same back", async () => {
    const drawn = await openGlyphs(folder);
    const files = await readdir(folder);
    assert.equal(files.length, 1);
    const read = await openGlyphs(folder);
    assert.equal(read.manifest.recordsRoot, GLYPHS_ROOT);
    assert.deepEqual(read.manifest, drawn.manifest);
    assert.deepEqual(read.record(9_999), drawn.record(9_999));
  });
  for (const [what, spoil] of [
    [
      "one pixel changed",
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 400), Buffer.of(1, 2, 3), bytes.subarray(403)]),
    ],
    ["its end cut off", (bytes: Buffer) => bytes.subarray(0, 785 * 100 + 7)],
    ["fewer records", (bytes: Buffer) => bytes.subarray(0, 785 * 100)],
    ["a label that is no class", (bytes: Buffer) => Buffer.concat([Buffer.of(77), bytes.subarray(1)])],
    ["nothing in it", () => Buffer.alloc(0)],
  ] as const) {
    it(`draws anew instead of using a cache with ${what}`, async () => {
      const [file] = await readdir(folder);
      const path = join(folder, file!);
      await writeFile(path, spoil(await readFile(path)));
      assert.equal((await openGlyphs(folder)).manifest.recordsRoot, GLYPHS_ROOT);
    });
  }
  it("does without a cache that cannot be written", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    assert.equal((await openGlyphs(file)).manifest.recordsRoot, GLYPHS_ROOT);
  });
});
