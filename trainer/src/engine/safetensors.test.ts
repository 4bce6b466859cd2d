import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { EngineError } from "./errors.ts";
import { decodeSafetensors, encodeSafetensors, safetensorsByteLength } from "./safetensors.ts";
import type { Parameters } from "./tensor.ts";
import { assertSameNumbers, hasCode, testStream } from "./testing/programs.ts";

const LIMIT = { maxBytes: 1_000_000 };
const TENSORS: Parameters = new Map([
  ["b.weight", { shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, 1e-45) }],
  ["a", { shape: [], data: Float32Array.of(2) }],
  ["empty", { shape: [0, 3], data: new Float32Array(0) }],
]);

/** A file of this header text, padded as it must be, and these data bytes. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + dataBytes).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(json, 8);
  return bytes;
}

function entry(fields: string): string {
  return `{"a":{${fields}}}`;
}

describe("encodeSafetensors", () => {
  it("writes the bytes of a one-tensor file as the format's page has them", () => {
    const bytes = encodeSafetensors(new Map([["x", { shape: [1], data: Float32Array.of(1) }]]));
    const header = '{"x":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}  ';
    const expected = [56, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header), 0, 0, 0x80, 0x3f];
    assert.deepEqual([...bytes], expected);
  });

  it("does not depend on the order of the tensors", () => {
    assert.deepEqual(encodeSafetensors(new Map([...TENSORS].reverse())), encodeSafetensors(TENSORS));
    assert.equal(safetensorsByteLength(TENSORS), encodeSafetensors(TENSORS).length);
  });

  it("refuses names and sizes that could not be read back", () => {
    for (const name of ["", "1", "__proto__", "with space", "ü", "a".repeat(129)]) {
      assert.throws(() => encodeSafetensors(new Map([[name, { shape: [1], data: new Float32Array(1) }]])), TypeError);
    }
    assert.throws(() => encodeSafetensors(new Map([["x", { shape: [2], data: new Float32Array(1) }]])), TypeError);
  });
});

describe("decodeSafetensors", () => {
  it("gives back what was written, bit for bit", () => {
    const { tensors, metadata } = decodeSafetensors(encodeSafetensors(TENSORS, { note: '[{"}\\"' }), LIMIT);
    assert.deepEqual(metadata, { note: '[{"}\\"' });
    assert.deepEqual([...tensors.keys()], ["a", "b.weight", "empty"]);
    for (const [name, { shape, data }] of TENSORS) {
      assert.deepEqual(tensors.get(name)!.shape, shape);
      assertSameNumbers(tensors.get(name)!.data, data, name);
    }
  });

  it("reads a view into a larger buffer, as Node's files come", () => {
    const bytes = encodeSafetensors(TENSORS);
    const larger = Buffer.alloc(bytes.length + 12, 0xff);
    larger.set(bytes, 5);
    const { tensors } = decodeSafetensors(larger.subarray(5, 5 + bytes.length), LIMIT);
    assertSameNumbers(tensors.get("b.weight")!.data, TENSORS.get("b.weight")!.data, "b.weight");
  });

  it("refuses a file longer than allowed, whatever it holds", () => {
    assert.throws(() => decodeSafetensors(new Uint8Array(9), { maxBytes: 8 }), hasCode("ENGINE_BYTES_TOO_LARGE"));
  });

  const good = '"data_offsets":[0,4],"dtype":"F32","shape":[1]';
  const malformed: Readonly<Record<string, Uint8Array>> = {
    "no bytes": new Uint8Array(0),
    "seven bytes": new Uint8Array(7),
    "a header longer than the file": Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
    "a header of 2^40 bytes": Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0x7b, 0x7d),
    "a header that is not padded to 8": Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
    "eight spaces too many": fileOf(`${entry(good)}${" ".repeat(10)}`, 4),
    "text that is not JSON": fileOf("safetensors"),
    "text that is not UTF-8": fileOf("{}").map((byte) => (byte === 0x7b ? 0xff : byte)),
    "a list": fileOf("[]"),
    "a number": fileOf("7"),
    "a file nested 100,000 deep": fileOf("[".repeat(100_000)),
    "white space between tokens": fileOf('{"a": {}}'),
    "keys out of order": fileOf(entry('"dtype":"F32","data_offsets":[0,4],"shape":[1]'), 4),
    "the same key twice": fileOf(`{"a":{${good}},"a":{${good}}}`, 4),
    "half precision": fileOf(entry(good.replace("F32", "F16")), 4),
    "an unknown field": fileOf(entry(`${good},"x":1`), 4),
    "a missing field": fileOf(entry('"data_offsets":[0,4],"dtype":"F32"'), 4),
    "a shape that is not the length": fileOf(entry(good.replace("[1]", "[2]")), 4),
    "a negative size": fileOf(entry(good.replace("[1]", "[-1,-1]")), 4),
    "a size of a half": fileOf(entry(good.replace("[1]", "[0.5,2]")), 4),
    "nine dimensions": fileOf(entry(good.replace("[1]", "[1,1,1,1,1,1,1,1,1]")), 4),
    "a tensor beyond the end": fileOf(entry(good), 0),
    "a gap before the tensor": fileOf(entry(good.replace("[0,4]", "[4,8]")), 8),
    "bytes after the last tensor": fileOf(entry(good), 5),
    "two tensors in one place": fileOf(`{"a":{${good}},"b":{${good}}}`, 4),
    "a tensor named __proto__": fileOf(`{"__proto__":{${good}}}`, 4),
    "metadata that are not text": fileOf('{"__metadata__":{"a":1}}'),
    "empty metadata": fileOf('{"__metadata__":{}}'),
    "metadata in a list": fileOf('{"__metadata__":["a"]}'),
  };
  for (const [what, bytes] of Object.entries(malformed)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decodeSafetensors(bytes, LIMIT), hasCode("ENGINE_SAFETENSORS_MALFORMED"));
    });
  }

  it("reads or refuses any bytes whatever, and what it reads it would write the same", () => {
    const stream = testStream("fuzz");
    const sound = encodeSafetensors(TENSORS, { note: "x" });
    let read = 0;
    for (let trial = 0; trial < 20_000; trial++) {
      const bytes = mutate(sound, stream.nextBelow);
      try {
        const { tensors, metadata } = decodeSafetensors(bytes, LIMIT);
        assert.deepEqual(encodeSafetensors(tensors, metadata), bytes);
        read++;
      } catch (error) {
        assert.ok(error instanceof EngineError, `trial ${trial}: ${error}`);
      }
    }
    assert.ok(read > 100 && read < 19_000, `${read} read: both outcomes must occur`);
  });
});

/** One to four random edits: a byte changed, cut, doubled, or the end cut off. */
function mutate(sound: Uint8Array, below: (n: number) => number): Uint8Array {
  let bytes = [...sound];
  for (let edits = 1 + below(4); edits > 0; edits--) {
    const at = below(bytes.length + 1);
    const kind = below(6);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes.splice(at, 1);
    else if (kind === 2) bytes.splice(at, 0, below(256));
    else if (at < bytes.length) bytes[at] = kind === 3 ? below(256) : bytes[at]! ^ (1 << below(8));
  }
  return Uint8Array.from(bytes);
}
