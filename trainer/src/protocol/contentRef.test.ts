import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { CID } from "multiformats/cid";
import { CHUNK_BYTES, ContentRefError, fromCid, toCid } from "./contentRef.ts";
import { toHex } from "./hex.ts";

// Kubo's golden vectors for unixfs-v1-2025 (kubo: test/cli/cid_profiles_test.go).
const HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const OVER_ONE_CHUNK = "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64";

describe("toCid", () => {
  it("is Kubo's CID of a small file, from the file's SHA-256 alone", () => {
    const digest = toHex(createHash("sha256").update("hello world").digest());
    assert.equal(toCid({ digest, byteLength: 11 }).toString(), HELLO);
  });
  it("keeps the CID of a file of more than one chunk through both ways", () => {
    const ref = fromCid(CID.parse(OVER_ONE_CHUNK), CHUNK_BYTES + 1);
    assert.equal(toCid(ref).toString(), OVER_ONE_CHUNK);
  });
});

describe("fromCid", () => {
  for (const [why, cid, byteLength] of [
    ["a raw block longer than one chunk", HELLO, CHUNK_BYTES + 1],
    ["a dag-pb root of a file that fits one chunk", OVER_ONE_CHUNK, 11],
    ["a CID of version 0", "QmUbBALi174SnogsUzLpYbD4xPiBSFANF4iztWCsHbMKh2", CHUNK_BYTES + 1],
  ] as const) {
    it(`refuses ${why}`, () => {
      assert.throws(() => fromCid(CID.parse(cid), byteLength), ContentRefError);
    });
  }
});
