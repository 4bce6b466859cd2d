import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32c } from "./crc32c.ts";
import { createEventFile, eventFileName, tfRecord } from "./tensorboard.ts";

const ascii = (text: string): number[] => [...Buffer.from(text)];

/** Everything that a writer appends, in one array. */
function written(use: (file: ReturnType<typeof createEventFile>) => void): Uint8Array {
  const pieces: Uint8Array[] = [];
  use(createEventFile((bytes) => pieces.push(bytes), { wallTimeSeconds: 1.5 }));
  return Buffer.concat(pieces);
}

describe("crc32c", () => {
  it("gives the checksums of RFC 3720, appendix B.4", () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
    assert.equal(crc32c(Uint8Array.from(ascii("123456789"))), 0xe3069283);
    assert.equal(crc32c(new Uint8Array(0)), 0);
  });
});

describe("createEventFile", () => {
  it("begins with the record that every TensorBoard file of that time begins with", () => {
    // 24 bytes: field 1, double 1.5; field 3, "brain.Event:2".
    const data = [0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x1a, 13, ...ascii("brain.Event:2")];
    const bytes = written(() => {});
    assert.deepEqual([...bytes.subarray(0, 8)], [24, 0, 0, 0, 0, 0, 0, 0]);
    // The masked checksum of the length 24 is the same in all such files: `xxd` of one from TensorFlow shows a3 7f 4b 22.
    assert.deepEqual([...bytes.subarray(8, 12)], [0xa3, 0x7f, 0x4b, 0x22]);
    assert.deepEqual([...bytes.subarray(12, 36)], data);
    assert.equal(bytes.length, 40);
  });

  it("writes scalars of one step as one event", () => {
    const all = written((file) => file.scalars({ loss: 0.5, "a/b": -1 }, { step: 300, wallTimeSeconds: 2 }));
    const record = all.subarray(40);
    const loss = [0x0a, 4, ...ascii("loss"), 0x15, 0, 0, 0, 0x3f];
    const other = [0x0a, 3, ...ascii("a/b"), 0x15, 0, 0, 0x80, 0xbf];
    const summary = [0x0a, loss.length, ...loss, 0x0a, other.length, ...other];
    const event = [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0xac, 0x02, 0x2a, summary.length, ...summary];
    assert.deepEqual([...record.subarray(12, -4)], event);
    assert.deepEqual([...record], [...tfRecord(Uint8Array.from(event))]);
  });

  it("writes infinities and not-a-number as they are: a diverged curve shows", () => {
    const all = written((file) => file.scalars({ x: Number.POSITIVE_INFINITY }, { step: 0, wallTimeSeconds: 2 }));
    assert.deepEqual([...all.subarray(-8, -4)], [0, 0, 0x80, 0x7f]);
  });

  it("writes text for the text plugin", () => {
    const all = written((file) => file.text("plan", "# é", { step: 0, wallTimeSeconds: 2 }));
    const tensor = [0x08, 7, 0x12, 4, 0x12, 2, 0x08, 1, 0x42, 4, ...ascii("# é")];
    const value = [
      0x0a,
      4,
      ...ascii("plan"),
      0x42,
      tensor.length,
      ...tensor,
      0x4a,
      8,
      0x0a,
      6,
      0x0a,
      4,
      ...ascii("text"),
    ];
    assert.deepEqual([...all.subarray(40 + 12 + 9 + 2 + 2 + 2, -4)], value);
  });
});

describe("eventFileName", () => {
  it("gives whole seconds and the run", () => {
    assert.equal(eventFileName(1_700_000_000.9, "run-1"), "events.out.tfevents.1700000000.run-1");
  });
});
