/** Tests the reference of a file against the one that Helia's own UnixFS gives it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CHUNK_BYTES } from "../protocol/contentRef.ts";
import { fileRef } from "../protocol/fileRef.ts";
import { computeContentRef } from "./contentDigest.ts";

describe("fileRef", () => {
  for (const [what, length] of [
    ["no byte", 0],
    ["one chunk", CHUNK_BYTES],
    ["one byte more than a chunk", CHUNK_BYTES + 1],
    ["five chunks and a part", 5 * CHUNK_BYTES + 777],
  ] as const) {
    it(`is Helia's for a file of ${what}`, async () => {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
      assert.deepEqual(await fileRef(bytes), await computeContentRef(bytes));
    });
  }
});
