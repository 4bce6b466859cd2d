import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Parameters } from "../engine/tensor.ts";
import { assertSameNumbers, hasCode, testStream } from "../engine/testing/programs.ts";
import { InterchangeError } from "./interchangeError.ts";
import { readSafetensors, toTensor, writeSafetensors } from "./safetensors.ts";

/** A file of this header, exactly as it stands, and these data bytes. */
function fileOf(header: string | Uint8Array, data: number | readonly number[] = 0): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const body = typeof data === "number" ? new Uint8Array(data) : Uint8Array.from(data);
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

function entry(fields: string): string {
  return `{"a":{${fields}}}`;
}

/** The only tensor of a file of one dtype. */
function numbersOf(dtype: string, data: readonly number[], count: number): Float32Array {
  const file = fileOf(entry(`"dtype":"${dtype}","shape":[${count}],"data_offsets":[0,${data.length}]`), data);
  return toTensor("a", readSafetensors(file).tensors.get("a")!).data;
}

const GOOD = '"dtype":"F32","shape":[1],"data_offsets":[0,4]';
const TENSORS: Parameters = new Map([
  ["0.weight", { shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, 1e-45) }],
  ["scalar", { shape: [], data: Float32Array.of(2) }],
  ["empty", { shape: [0, 3], data: new Float32Array(0) }],
  ["with space, ü and \u0000", { shape: [1], data: Float32Array.of(3) }],
]);

describe("readSafetensors", () => {
  const sound: Readonly<Record<string, Uint8Array>> = {
    "a header that is not padded": fileOf(entry(GOOD), 4),
    "white space between tokens and after the header": fileOf(`{ "a" :\n{${GOOD}}}\r\n\t `, 4),
    "unknown fields": fileOf(entry(`${GOOD},"x":[1e3,{"y":[null,true,"]"]}]`), 4),
    "escaped keys": fileOf(entry(GOOD.replace("dtype", "dt\\u0079pe")), 4),
    "no tensors": fileOf("{}"),
    "null metadata": fileOf(`{"__metadata__":null,"a":{${GOOD}}}`, 4),
    "an empty name": fileOf(`{"":{${GOOD}}}`, 4),
    "a tensor named __proto__": fileOf(`{"__proto__":{${GOOD}}}`, 4),
    "empty tensors between others": fileOf(
      `{"z":{"dtype":"U8","shape":[0],"data_offsets":[4,4]},"a":{${GOOD}},"y":{"dtype":"F64","shape":[2,0],"data_offsets":[0,0]}}`,
      4,
    ),
    "half bytes that add up to whole ones": fileOf(entry('"dtype":"F4","shape":[2,3],"data_offsets":[0,3]'), 3),
  };
  for (const [what, bytes] of Object.entries(sound)) {
    it(`reads ${what}`, () => {
      const total = [...readSafetensors(bytes).tensors.values()].reduce((sum, tensor) => sum + tensor.bytes.length, 0);
      assert.ok(total <= bytes.length);
    });
  }

  it("gives names in the order of the data, shapes, metadata and the bytes in place", () => {
    const b = '"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}';
    const a = '"a":{"dtype":"F16","shape":[1,1],"data_offsets":[2,4]}';
    const file = fileOf(`{${a},"__metadata__":{"format":"pt","\\u00e9":"\\ud83d\\ude00"},${b}}`, [1, 2, 3, 4]);
    const { tensors, metadata } = readSafetensors(file);
    assert.deepEqual([...tensors.keys()], ["b", "a"]);
    assert.deepEqual([...metadata], [...Object.entries({ format: "pt", é: "😀" })]);
    assert.deepEqual(tensors.get("a"), { dtype: "F16", shape: [1, 1], bytes: Uint8Array.of(3, 4) });
  });

  const malformed: Readonly<Record<string, Uint8Array>> = {
    "no bytes": new Uint8Array(0),
    "seven bytes": new Uint8Array(7),
    "a header longer than the file": Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
    "a header of 2^63 bytes": Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 0x7b, 0x7d),
    "an empty header": fileOf(""),
    "white space before the header": fileOf(` ${entry(GOOD)}`, 4),
    "a byte order mark": fileOf(`\ufeff${entry(GOOD)}`, 4),
    "zeros after the header": fileOf(`${entry(GOOD)}\0`, 4),
    "text that is not UTF-8": fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)),
    "a list": fileOf("[]"),
    "a header cut off": fileOf('{"a":{"dtype":"F32'),
    "a header cut off after a backslash": fileOf('{"a\\'),
    "an escape that does not exist": fileOf(`{"\\x":{${GOOD}}}`, 4),
    "half a surrogate pair": fileOf(`{"\\ud800":{${GOOD}}}`, 4),
    "a control character in a name": fileOf(`{"\u0001":{${GOOD}}}`, 4),
    "the same tensor twice": fileOf(`{"a":{${GOOD}},"\\u0061":{${GOOD}}}`, 4),
    "the same field twice": fileOf(entry(`${GOOD},"shape":[1]`), 4),
    "metadata twice": fileOf(`{"__metadata__":{},"__metadata__":{}}`),
    "metadata with a key twice": fileOf(`{"__metadata__":{"a":"","a":""}}`),
    "metadata that are not text": fileOf('{"__metadata__":{"a":1}}'),
    "a missing field": fileOf(entry('"data_offsets":[0,4],"dtype":"F32"'), 4),
    "an entry that is a list": fileOf('{"a":["F32",[1],[0,4]]}', 4),
    "an unknown dtype": fileOf(entry(GOOD.replace("F32", "F31")), 4),
    "a dtype named constructor": fileOf(entry(GOOD.replace("F32", "constructor")), 4),
    "a negative size": fileOf(entry(GOOD.replace("[1]", "[-1]")), 4),
    "a size of 1.0": fileOf(entry(GOOD.replace("[1]", "[1.0]")), 4),
    "a size of 1e0": fileOf(entry(GOOD.replace("[1]", "[1e0]")), 4),
    "a size of 01": fileOf(entry(GOOD.replace("[1]", "[01]")), 4),
    "a size of 2^64": fileOf(entry(GOOD.replace("[1]", "[18446744073709551616]")), 4),
    "sizes whose product overflows": fileOf(entry(GOOD.replace("[1]", "[4294967296,4294967296,4294967296,0]")), 4),
    "65 dimensions": fileOf(entry(GOOD.replace("[1]", `[${Array(65).fill(1)}]`)), 4),
    "three offsets": fileOf(entry(GOOD.replace("[0,4]", "[0,4,4]")), 4),
    "one offset": fileOf(entry(GOOD.replace("[0,4]", "[0]")), 4),
    "offsets that run backwards": fileOf(entry(GOOD.replace("[0,4]", "[4,0]")), 4),
    "half a byte": fileOf(entry('"dtype":"F4","shape":[3],"data_offsets":[0,2]'), 2),
    "a shape that is not the length": fileOf(entry(GOOD.replace("[1]", "[2]")), 4),
    "a tensor beyond the end": fileOf(entry(GOOD), 3),
    "bytes after the last tensor": fileOf(entry(GOOD), 5),
    "a hole": fileOf(entry(GOOD.replace("[0,4]", "[4,8]")), 8),
    "two tensors in one place": fileOf(`{"a":{${GOOD}},"b":{${GOOD}}}`, 4),
    "an unknown field nested 100,000 deep": fileOf(entry(`${GOOD},"x":${"[".repeat(100_000)}`), 4),
    "an unknown field that is no JSON": fileOf(entry(`${GOOD},"x":-`), 4),
  };
  for (const [what, bytes] of Object.entries(malformed)) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readSafetensors(bytes), hasCode("INTERCHANGE_SAFETENSORS_MALFORMED"));
    });
  }

  it("reads or refuses any bytes whatever, in bounded time", () => {
    const { nextBelow } = testStream("interchange fuzz");
    const seeds = [writeSafetensors(TENSORS, new Map([["format", "pt"]])), ...Object.values(sound)];
    const outcomes = { read: 0, refused: 0 };
    for (let trial = 0; trial < 20_000; trial++) {
      const bytes = mutate(seeds[trial % seeds.length]!, nextBelow);
      try {
        for (const [name, tensor] of readSafetensors(bytes).tensors) {
          if (tensor.dtype !== "F4") assert.ok(toTensor(name, tensor).data.length <= bytes.length);
        }
        outcomes.read++;
      } catch (error) {
        assert.ok(error instanceof InterchangeError, `trial ${trial}: ${error}`);
        outcomes.refused++;
      }
    }
    assert.ok(outcomes.read > 500 && outcomes.refused > 5_000, `both must occur: ${JSON.stringify(outcomes)}`);
  });
});

describe("toTensor", () => {
  const cases: readonly (readonly [dtype: string, bytes: readonly number[], numbers: readonly number[]])[] = [
    ["BOOL", [0, 1], [0, 1]],
    ["U8", [255], [255]],
    ["I8", [255, 0x80], [-1, -128]],
    ["I16", [0xff, 0xff], [-1]],
    ["U16", [0xff, 0xff], [65_535]],
    ["F16", [0, 0x3c, 1, 0, 0xff, 0x7b, 0, 0xfc, 0, 0x80], [1, 2 ** -24, 65_504, Number.NEGATIVE_INFINITY, -0]],
    ["F16", [1, 0x7c], [Number.NaN]],
    ["BF16", [0x80, 0x3f, 0x01, 0x00], [1, 2 ** -133]],
    ["F8_E5M2", [0x3c, 0xfb], [1, -57_344]],
    ["F8_E4M3", [0x38, 0x7e, 0x01, 0x7f], [1, 448, 2 ** -9, Number.NaN]],
    ["I32", [0x01, 0, 0, 0x01], [16_777_216]], // 2^24 + 1: a tie, to even
    ["U32", [0x03, 0, 0, 0x01], [16_777_220]], // 2^24 + 3: a tie, to even
    ["F64", [0, 0, 0, 0x10, 0, 0, 0xf0, 0x3f], [1]], // 1 + 2^-24: a tie, to even
    ["F64", [1, 0, 0, 0x10, 0, 0, 0xf0, 0x3f], [1 + 2 ** -23]], // just above the tie
    ["F64", [0x9c, 0x75, 0, 0x88, 0x3c, 0xe4, 0x37, 0x7e], [Number.POSITIVE_INFINITY]], // 1e300
    ["I64", [0, 0, 0, 0, 0, 0, 0, 0x40], [2 ** 62]],
    ["U64", [255, 255, 255, 255, 255, 255, 255, 255], [2 ** 64]],
    ["I64", [255, 255, 255, 255, 255, 255, 255, 255], [-1]],
  ];
  for (const [dtype, bytes, numbers] of cases) {
    it(`converts ${dtype} to ${numbers}`, () => {
      assertSameNumbers(numbersOf(dtype, bytes, numbers.length), Float32Array.from(numbers), dtype);
    });
  }

  it("rounds 64-bit integers once", () => {
    const numbers = numbersOf("I64", [1, 0, 0, 0, 0x40, 0, 0, 0x40], 1); // 2^62 + 2^38 + 1: just above a tie
    assert.equal(numbers[0], 2 ** 62 + 2 ** 39, "binary64 would first round to the tie, and then down");
  });

  it("refuses numbers that have no binary32, naming the tensor", () => {
    for (const dtype of ["C64", "F8_E8M0"]) {
      assert.throws(() => numbersOf(dtype, Array(8).fill(0), dtype === "C64" ? 1 : 8), {
        detail: { code: "INTERCHANGE_DTYPE_UNSUPPORTED", tensor: "a", dtype },
      });
    }
  });
});

describe("writeSafetensors", () => {
  it("gives back what was written, bit for bit, with the data at a multiple of 8", () => {
    const bytes = writeSafetensors(TENSORS, new Map([["format", "pt"]]));
    assert.equal(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
    const { tensors, metadata } = readSafetensors(bytes);
    assert.deepEqual([...metadata], [["format", "pt"]]);
    assert.deepEqual([...tensors.keys()], [...TENSORS.keys()].sort());
    for (const [name, { shape, data }] of TENSORS) {
      const tensor = toTensor(name, tensors.get(name)!);
      assert.deepEqual(tensor.shape, shape);
      assertSameNumbers(tensor.data, data, name);
    }
  });

  it("refuses what could not be read back", () => {
    const one = { shape: [1], data: new Float32Array(1) };
    for (const name of ["__metadata__", "\ud800"])
      assert.throws(() => writeSafetensors(new Map([[name, one]])), TypeError);
    assert.throws(() => writeSafetensors(new Map([["x", { ...one, shape: [2] }]])), TypeError);
  });
});

/** One or two random edits: bits turned, a byte changed, cut or put in, the end cut off; half the time the length still fits. */
function mutate(sound: Uint8Array, below: (n: number) => number): Uint8Array {
  let bytes = [...sound];
  for (let edits = 1 + below(2); edits > 0; edits--) {
    const at = below(bytes.length + 1);
    const kind = below(8);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes.splice(at, 1);
    else if (kind === 2) bytes.splice(at, 0, below(256));
    else if (at < bytes.length) bytes[at] = kind < 5 ? 0x20 + below(96) : bytes[at]! ^ (1 << below(8));
  }
  const headerBytes = (sound[0]! | (sound[1]! << 8)) + bytes.length - sound.length;
  if (headerBytes > 0 && below(2) === 0) bytes.splice(0, 8, headerBytes & 255, headerBytes >> 8, 0, 0, 0, 0, 0, 0);
  return Uint8Array.from(bytes);
}
