import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../engine/philox.ts";
import { DataError } from "./dataError.ts";
import { tarEntries } from "./tar.ts";
import { refuses } from "./testing/refusal.ts";
import { tarOf } from "./testing/tarBytes.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7);

const archive = tarOf([
  { name: "folder/", content: new Uint8Array(0), type: "5" },
  { name: "folder/a.bin", content: bytes(1_300) },
  { name: "pax", content: bytes(30), type: "x" },
  { name: "folder/empty", content: new Uint8Array(0) },
  { name: "b.bin", content: bytes(512) },
]);

async function* inParts(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < whole.length; from += size) yield whole.subarray(from, from + size);
}

async function readAll(whole: Uint8Array, size = 4_096): Promise<[name: string, content: Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  for await (const { name, parts } of tarEntries(inParts(whole, size), "a.tar")) {
    const content: Uint8Array[] = [];
    for await (const part of parts) content.push(part);
    found.push([name, new Uint8Array(Buffer.concat(content))]);
  }
  return found;
}

describe("tarEntries", () => {
  it("gives the regular files in order, wherever a part ends", async () => {
    for (const size of [1, 100, 512, 1_000_000]) {
      assert.deepEqual(await readAll(archive, size), [
        ["folder/a.bin", bytes(1_300)],
        ["folder/empty", new Uint8Array(0)],
        ["b.bin", bytes(512)],
      ]);
    }
  });

  it("passes over what the reader leaves, in whole or in part", async () => {
    const names: string[] = [];
    for await (const { name, parts } of tarEntries(inParts(archive, 64), "a.tar")) {
      names.push(name);
      if (name.endsWith("a.bin")) for await (const _ of parts) break;
    }
    assert.deepEqual(names, ["folder/a.bin", "folder/empty", "b.bin"]);
  });

  it("refuses an archive that is cut short, or no archive", async () => {
    const detail = { code: "DATA_TAR_CORRUPT", file: "a.tar" } as const;
    for (const length of [0, 100, 512, 1_200, archive.length - 1_024 - 1]) {
      await refuses(() => readAll(archive.subarray(0, length)), detail);
    }
    await refuses(() => readAll(new TextEncoder().encode("<html>".repeat(200))), detail);
  });

  it("ends with files or a coded error on any flipped bit", async () => {
    const random = createRandomStream(new Uint8Array(32), "tar");
    for (let round = 0; round < 200; round++) {
      const damaged = archive.slice();
      damaged[random.nextBelow(damaged.length)]! ^= 1 << random.nextBelow(8);
      const outcome = await readAll(damaged).catch((error: unknown) => error);
      assert.ok(Array.isArray(outcome) || outcome instanceof DataError, `round ${round}: ${String(outcome)}`);
    }
  });
});
