import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readInput } from "./inputFile.ts";

const folder = mkdtempSync(join(tmpdir(), "cairn-input-"));
const file = join(folder, "file");
writeFileSync(file, "abc");
after(() => rmSync(folder, { recursive: true, force: true }));

describe("readInput", () => {
  it("gives the bytes of a file", async () => {
    assert.deepEqual([...(await readInput(file, { maxBytes: 3 }))], [97, 98, 99]);
  });

  for (const [path, why] of [
    [join(folder, "none"), "there is no such file"],
    [join(file, "below"), "a part of the path is a file, not a folder"],
    [folder, "it is a folder"],
    ["/dev/zero", "it is no file, but a device or a pipe"],
  ] as const) {
    it(`says of ${path.split("/").at(-1)} that ${why}`, { skip: process.platform === "win32" }, async () => {
      const refusal = readInput(path, { maxBytes: 3, label: "it" });
      await assert.rejects(refusal, { code: "CLI_FILE_UNREADABLE", message: `cannot read it: ${why}` });
    });
  }

  it("refuses a file that is too large before it reads it", async () => {
    await assert.rejects(readInput(file, { maxBytes: 2 }), /: it has 3 B, 2 B at most$/);
  });
});
