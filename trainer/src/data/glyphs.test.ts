import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, mock } from "node:test";
import { createRandomStream } from "../engine/philox.ts";
import { fromHex } from "../protocol/hex.ts";
import { createGlyphs, drawGlyph } from "./glyphs.ts";

interface GoldenGlyphs {
  readonly name: string;
  readonly records?: number;
  readonly seed?: string;
  readonly recordsRoot: string;
}

const vectors = new URL("../../../test/vectors/data/glyphs.json", import.meta.url);
const golden = JSON.parse(readFileSync(vectors, "utf8")) as readonly GoldenGlyphs[];

/** What languages do not define to the last bit, and a clock would be no better. */
const INEXACT = [
  ...([
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
  ] as const),
  ...(["exp", "expm1", "log", "log2", "log10", "log1p", "pow", "cbrt", "hypot", "random"] as const),
];

describe("createGlyphs", () => {
  for (const { name, records, seed, recordsRoot } of golden) {
    it(`draws the agreed bytes for ${name}`, () => {
      const options = { ...(records && { records }), ...(seed && { seed: fromHex(seed, 32) }) };
      assert.equal(createGlyphs(options).manifest.recordsRoot, recordsRoot);
    });
  }

  it("describes 10,000 images of 28×28, of which 8,000 train", () => {
    const { recordsRoot: _, ...manifest } = createGlyphs().manifest;
    assert.deepEqual(manifest, {
      schema: "cairn/dataset/v1",
      name: "glyphs",
      source: "drawn from strokes by cairn/glyphs/v1",
      licence: "MIT",
      inputShape: [28, 28, 1],
      classes: 10,
      classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
      recordCount: 10_000,
      splits: { train: [0, 8_000], test: [8_000, 10_000] },
      recordBytes: 785,
    });
  });

  it("has every class once in every ten records, in changing order", () => {
    const { labels } = createGlyphs({ records: 200 });
    const all = [...labels("train"), ...labels("test")];
    const orders = new Set<string>();
    for (let first = 0; first < 200; first += 10) {
      const ten = all.slice(first, first + 10);
      orders.add(ten.join());
      assert.deepEqual(ten.sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    assert.equal(orders.size, 20);
  });

  it("begins alike however many are drawn, and differs with the seed", () => {
    const [few, many] = [createGlyphs({ records: 10 }), createGlyphs({ records: 50 })];
    const other = createGlyphs({ records: 10, seed: new Uint8Array(32).fill(1) });
    for (let index = 0; index < 10; index++) {
      assert.deepEqual(few.record(index), many.record(index));
      assert.notDeepEqual(few.record(index).slice(1), other.record(index).slice(1));
    }
  });

  it("calls no function of Math whose last bit machines may disagree on", (test) => {
    for (const name of INEXACT) {
      mock.method(Math, name, () => assert.fail(`Math.${name} was called`));
    }
    test.after(() => mock.restoreAll());
    assert.equal(createGlyphs({ records: 30 }).manifest.recordCount, 30);
  });

  it("refuses a number of records that cannot be balanced", () => {
    for (const records of [0, -10, 15, 10.5, Number.NaN]) assert.throws(() => createGlyphs({ records }), RangeError);
  });
});

describe("drawGlyph", () => {
  it("draws a record again from the seed and the record's number alone", () => {
    const seed = new Uint8Array(32).fill(9);
    const { record } = createGlyphs({ records: 20, seed });
    const [label, ...pixels] = record(13);
    assert.deepEqual([...drawGlyph(createRandomStream(seed, "glyphs/13"), label!)], pixels);
  });

  it("draws bright ink on a dark ground, in the middle more than at the rim", () => {
    const { record } = createGlyphs({ records: 200 });
    let [middle, rim] = [0, 0];
    for (let index = 0; index < 200; index++) {
      const pixels = record(index).subarray(1);
      assert.ok(
        pixels.some((value) => value > 130),
        `record ${index} has ink`,
      );
      assert.ok(pixels.filter((value) => value < 70).length > 392, `record ${index} is mostly ground`);
      for (const [pixel, value] of pixels.entries()) {
        const row = Math.floor(pixel / 28);
        const column = pixel % 28;
        if (row >= 7 && row < 21 && column >= 7 && column < 21) middle += value / 196;
        else rim += value / (784 - 196);
      }
    }
    assert.ok(middle > 2 * rim, `mean grey ${middle / 200} in the middle, ${rim / 200} around it`);
  });
});
