import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../engine/philox.ts";
import { DataError } from "./dataError.ts";
import { decodeIdx, parseIdx } from "./idx.ts";
import { gzipped, idxBytes } from "./testing/idxBytes.ts";
import { refuses } from "./testing/refusal.ts";

const file = "images";
const valid = idxBytes([2, 1, 3], [10, 11, 12, 20, 21, 22]);

/** `bytes` with the byte at `at` set to `value`. */
function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe("parseIdx", () => {
  it("gives shape and values of a whole file", () => {
    const { shape, data } = parseIdx(valid, { file, rank: 3 });
    assert.deepEqual(shape, [2, 1, 3]);
    assert.deepEqual([...data], [10, 11, 12, 20, 21, 22]);
  });

  it("reads sizes as big-endian, also from a view into a larger buffer", () => {
    const bytes = idxBytes([258], new Uint8Array(258).fill(5));
    const padded = new Uint8Array(bytes.length + 3);
    padded.set(bytes, 3);
    assert.deepEqual(parseIdx(padded.subarray(3), { file, rank: 1 }).shape, [258]);
  });

  it("refuses bytes that do not begin as IDX", async () => {
    for (const bytes of [new Uint8Array(0), valid.slice(0, 3), changed(valid, 0, 1), changed(valid, 1, 255)]) {
      await refuses(() => parseIdx(bytes, { file, rank: 3 }), { code: "DATA_IDX_MAGIC", file });
    }
  });

  it("refuses values that are not unsigned bytes", async () => {
    const floats = changed(valid, 2, 0x0d);
    await refuses(() => parseIdx(floats, { file, rank: 3 }), { code: "DATA_IDX_TYPE", file, type: 0x0d, needed: 8 });
  });

  it("refuses another number of dimensions, as when images and labels are swapped", async () => {
    await refuses(() => parseIdx(valid, { file, rank: 1 }), {
      code: "DATA_IDX_DIMENSIONS",
      file,
      actual: 3,
      needed: 1,
    });
  });

  it("refuses a dimension of zero", async () => {
    await refuses(() => parseIdx(idxBytes([2, 0, 3], []), { file, rank: 3 }), {
      code: "DATA_IDX_EMPTY",
      file,
      dimension: 1,
    });
  });

  it("refuses a header that is cut off, a byte too few and a byte too many", async () => {
    const lengths = [
      { bytes: valid.slice(0, 9), neededBytes: 16 },
      { bytes: valid.slice(0, -1), neededBytes: 22 },
      { bytes: Uint8Array.of(...valid, 0), neededBytes: 22 },
    ];
    for (const { bytes, neededBytes } of lengths) {
      await refuses(() => parseIdx(bytes, { file, rank: 3 }), {
        code: "DATA_IDX_LENGTH",
        file,
        actualBytes: bytes.length,
        neededBytes,
      });
    }
  });

  it("refuses sizes whose product no number holds exactly", async () => {
    const huge = idxBytes([0xffffffff, 0xffffffff, 0xffffffff], []);
    const error = await refuses(() => parseIdx(huge, { file, rank: 3 }), {
      code: "DATA_IDX_LENGTH",
      file,
      actualBytes: 16,
      neededBytes: 16 + 0xffffffff ** 3,
    });
    assert.equal(error.code, "DATA_IDX_LENGTH");
  });
});

describe("decodeIdx", () => {
  it("reads packed and unpacked bytes alike", async () => {
    assert.deepEqual(await decodeIdx(gzipped(valid), { file, rank: 3 }), await decodeIdx(valid, { file, rank: 3 }));
  });

  it("refuses to unpack past the limit", async () => {
    await refuses(() => decodeIdx(gzipped(valid), { file, rank: 3, limitBytes: 21 }), {
      code: "DATA_FILE_TOO_LARGE",
      file,
      limitBytes: 21,
    });
  });

  it("gives a value or a coded error for any bytes", async () => {
    const random = createRandomStream(new Uint8Array(32).fill(7), "fuzz");
    const seeds = [valid, gzipped(valid), new Uint8Array(40)];
    const met = new Map<string, number>();
    for (let round = 0; round < 3_000; round++) {
      const bytes = seeds[round % seeds.length]!.slice(0, 1 + random.nextBelow(44));
      for (let changes = random.nextBelow(5); changes > 0; changes--) {
        bytes[random.nextBelow(bytes.length)] = random.nextBelow(round % 2 === 0 ? 256 : 9);
      }
      const outcome = await decodeIdx(bytes, { file, rank: 3, limitBytes: 1_000 }).then(
        ({ shape, data }) => (data.length === shape.reduce((a, b) => a * b, 1) ? "value" : "torn"),
        (error: unknown) => (error instanceof DataError ? error.code : `crash: ${String(error)}`),
      );
      met.set(outcome, 1 + (met.get(outcome) ?? 0));
    }
    const expected = ["value", "DATA_GZIP_CORRUPT", "DATA_IDX_DIMENSIONS", "DATA_IDX_EMPTY", "DATA_IDX_LENGTH"];
    expected.push("DATA_IDX_MAGIC", "DATA_IDX_TYPE");
    assert.deepEqual([...met.keys()].sort(), expected.sort());
  });
});
