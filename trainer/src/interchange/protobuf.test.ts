import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProtoMessage } from "./protobuf.ts";

const bytesOf = (message: ProtoMessage): number[] => [...message.finish()];

describe("ProtoMessage", () => {
  it("writes the examples of the format's own page", () => {
    assert.deepEqual(bytesOf(new ProtoMessage().integer(1, 150)), [0x08, 0x96, 0x01]);
    assert.deepEqual(bytesOf(new ProtoMessage().text(2, "testing")), [0x12, 7, ...Buffer.from("testing")]);
    const inner = new ProtoMessage().integer(1, 150);
    assert.deepEqual(bytesOf(new ProtoMessage().message(3, inner)), [0x1a, 0x03, 0x08, 0x96, 0x01]);
    const minusTwo = [0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert.deepEqual(bytesOf(new ProtoMessage().integer(1, -2)), minusTwo);
  });

  it("writes floats and doubles little-endian", () => {
    assert.deepEqual(bytesOf(new ProtoMessage().float(1, 1)), [0x0d, 0, 0, 0x80, 0x3f]);
    assert.deepEqual(bytesOf(new ProtoMessage().double(1, 1)), [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  });

  it("writes field numbers and values beyond one byte and beyond 32 bits", () => {
    assert.deepEqual(bytesOf(new ProtoMessage().integer(16, 0)), [0x80, 0x01, 0]);
    assert.deepEqual(
      bytesOf(new ProtoMessage().integer(1, Number.MAX_SAFE_INTEGER)),
      [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    );
  });

  it("refuses numbers that are no safe integers", () => {
    for (const value of [0.5, Number.NaN, 2 ** 53]) {
      assert.throws(() => new ProtoMessage().integer(1, value), TypeError);
    }
  });
});
