import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import { createRandomStream } from "../engine/philox.ts";
import { DataError } from "./dataError.ts";
import type { Image } from "./image.ts";
import { decodePng } from "./png.ts";
import { greyPng, type PngParts, pngOf } from "./testing/pngBytes.ts";
import { refuses } from "./testing/refusal.ts";

const random = createRandomStream(new Uint8Array(32), "png");

/** Random bytes behind filters 0 … 4 in turn: every such file is a valid image. */
function randomRows(rowBytes: number, height: number): Uint8Array {
  const row = (y: number) =>
    Uint8Array.from({ length: rowBytes + 1 }, (_, i) => (i === 0 ? y % 5 : random.nextBelow(256)));
  return Buffer.concat(Array.from({ length: height }, (_, y) => row(y)));
}

describe("decodePng", () => {
  for (const [kind, colourType, channels] of [
    ["grey", 0, 1],
    ["colour", 2, 3],
  ] as const) {
    it(`decodes ${kind} through all filters as another decoder does`, () => {
      const bytes = pngOf({ width: 7, height: 15, colourType, rows: randomRows(7 * channels, 15) });
      const image = decodePng(bytes, "a.png");
      assert.deepEqual([image.width, image.height, image.channels], [7, 15, channels]);
      assert.deepEqual([...image.pixels], [...decode(bytes).data]);
    });
  }

  it("stretches grey values of 1, 2 and 4 bits to a byte", () => {
    const of = (bitDepth: number, byte: number): Image =>
      decodePng(
        pngOf({
          width: 3,
          height: 1,
          bitDepth,
          rows: Uint8Array.of(0, byte, 0xf0).subarray(0, bitDepth === 4 ? 3 : 2),
        }),
        "a.png",
      );
    assert.deepEqual([...of(1, 0b10100000).pixels], [255, 0, 255]);
    assert.deepEqual([...of(2, 0b00_01_11_00).pixels], [0, 85, 255]);
    assert.deepEqual([...of(4, 0x1f).pixels], [17, 255, 255]);
  });

  it("looks colours up in a palette, and leaves out an alpha channel that says nothing", () => {
    const palette = Uint8Array.of(1, 2, 3, 250, 251, 252);
    const parts: PngParts = {
      width: 2,
      height: 1,
      bitDepth: 1,
      colourType: 3,
      rows: Uint8Array.of(0, 0b01000000),
      chunks: [["PLTE", palette]],
    };
    assert.deepEqual([...decodePng(pngOf(parts), "a.png").pixels], [...palette]);
    const opaque = pngOf({ width: 1, height: 1, colourType: 6, rows: Uint8Array.of(0, 9, 8, 7, 255) });
    assert.deepEqual([...decodePng(opaque, "a.png").pixels], [9, 8, 7]);
    const grey = pngOf({ width: 2, height: 1, colourType: 4, rows: Uint8Array.of(0, 9, 255, 8, 255) });
    assert.deepEqual(decodePng(grey, "a.png"), { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(9, 8) });
  });

  it("refuses forms that would have to be guessed", async () => {
    const rows = randomRows(8, 1);
    const cases: readonly (readonly [feature: string, parts: PngParts])[] = [
      ["interlacing", { width: 8, height: 1, interlace: 1, rows }],
      ["16 bits a channel", { width: 4, height: 1, bitDepth: 16, rows }],
      ["transparency", { width: 8, height: 1, rows, chunks: [["tRNS", Uint8Array.of(0, 1)]] }],
      ["transparency", { width: 1, height: 1, colourType: 4, rows: Uint8Array.of(0, 9, 254) }],
      ["5000×5000 pixels, 16777216 at most", { width: 5_000, height: 5_000, rows }],
    ];
    for (const [feature, parts] of cases) {
      await refuses(() => decodePng(pngOf(parts), "a.png"), { code: "DATA_IMAGE_UNSUPPORTED", file: "a.png", feature });
    }
  });

  it("refuses damage, and never unpacks more than was announced", async () => {
    const rows = randomRows(4, 4);
    const wrong: readonly Uint8Array[] = [
      pngOf({ width: 4, height: 5, rows }),
      pngOf({ width: 4, height: 3, rows: new Uint8Array(50_000_000) }),
      pngOf({ width: 4, height: 4, rows: rows.with(0, 5) }),
      pngOf({ width: 0, height: 4, rows }),
      pngOf({ width: 4, height: 4, colourType: 1, rows }),
      pngOf({ width: 4, height: 4, colourType: 2, bitDepth: 4, rows }),
      pngOf({ width: 4, height: 4, colourType: 3, rows }),
      pngOf({ width: 4, height: 4, colourType: 3, rows, chunks: [["PLTE", Uint8Array.of(1, 2, 3)]] }),
      pngOf({ width: 4, height: 4, rows, chunks: [["IHDR", new Uint8Array(13)]] }),
      greyPng(4, 4, 7).with(40, 0x77),
      new Uint8Array(0),
    ];
    for (const bytes of wrong) {
      await refuses(() => decodePng(bytes, "a.png"), { code: "DATA_IMAGE_CORRUPT", file: "a.png" });
    }
  });

  it("ends with a coded error on any truncation, and with that or an image on any flipped bit", () => {
    const whole = pngOf({ width: 9, height: 9, colourType: 2, rows: randomRows(27, 9) });
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => decodePng(whole.subarray(0, length), "a.png"), DataError, `${length} bytes`);
    }
    for (let round = 0; round < 400; round++) {
      const at = random.nextBelow(whole.length);
      const bytes = whole.slice();
      bytes[at]! ^= 1 << random.nextBelow(8);
      assert.throws(() => decodePng(bytes, "a.png"), DataError, `byte ${at}: checksums cover everything but the last`);
    }
  });
});
