import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { createRandomStream } from "../../engine/philox.ts";
import { seedOf } from "../../engine/testing/programs.ts";
import { concatBytes, fromHex, toHex } from "../../protocol/hex.ts";
import { fileTail } from "./fileTail.ts";
import { sha256State } from "./sha256State.ts";

const stream = createRandomStream(seedOf(3), "bytes");
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => stream.nextBelow(256));

/** FIPS 180-4's padding, so that the state after it is the digest. */
function padded(message: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(8 * message.length));
  const zeros = new Uint8Array((183 - (message.length % 64)) % 64);
  return concatBytes(message, Uint8Array.of(0x80), zeros, length);
}

describe("sha256State", () => {
  it("is the digest once a message is padded, whatever its length", () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000]) {
      const message = bytesOf(length);
      const digest = createHash("sha256").update(message).digest();
      assert.equal(toHex(sha256State(padded(message))), toHex(digest), `${length} bytes`);
    }
  });

  it("refuses what ends within a block", () => {
    assert.throws(() => sha256State(new Uint8Array(65)), RangeError);
  });
});

describe("fileTail", () => {
  it("ends in the file's last 32 bytes, cut at the block that holds the first of them", () => {
    for (const length of [32, 64, 95, 96, 127, 128, 5_000]) {
      const file = bytesOf(length);
      const { midstate, tail, rootBlock } = fileTail(file);
      const rest = fromHex(tail);
      assert.ok(rest.length >= 32 && rest.length < 96, `${length}: ${rest.length} bytes`);
      assert.equal((length - rest.length) % 64, 0);
      assert.equal(toHex(rest), toHex(file.subarray(length - rest.length)));
      assert.equal(midstate, toHex(sha256State(file.subarray(0, length - rest.length))));
      assert.equal(rootBlock, "0x");
    }
  });

  it("is of the last chunk of a longer file, with the root block beside it", () => {
    const file = bytesOf(2 ** 20 + 100);
    const { tail, rootBlock } = fileTail(file, Uint8Array.of(1, 2, 3));
    assert.equal(tail, toHex(file.subarray(2 ** 20 + 64)));
    assert.equal(rootBlock, "0x010203");
  });
});
