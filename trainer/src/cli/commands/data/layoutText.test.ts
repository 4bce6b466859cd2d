import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DatasetManifest, RecordManifest } from "../../../data/dataset.ts";
import type { RecordLayout } from "../../../data/recordLayout.ts";
import { classBars, columnsText, countText, layoutFacts } from "./layoutText.ts";

const plain = (_: unknown, text: string): string => text;

function manifestOf(layout: RecordLayout, change: Partial<RecordManifest> = {}): DatasetManifest {
  return {
    schema: "cairn/dataset/v2",
    name: "tiny",
    source: "a test",
    licence: "MIT",
    inputShape: [4],
    targetSize: 1,
    classes: 2,
    classNames: ["no", "yes"],
    recordCount: 1_000,
    splits: { train: [0, 800], test: [800, 1_000] },
    layout,
    recordsRoot: `0x${"12".repeat(32)}`,
    recordBytes: 10,
    ...change,
  };
}

const inputs = [
  { type: "number", column: "x", mean: 1.23456789, deviation: 2 },
  { type: "number", column: "raw", mean: 0, deviation: 1 },
  { type: "category", column: "town", categories: ["Basel", "Bern"] },
] as const;

describe("layoutFacts", () => {
  it("tells shape, window and vocabulary, or columns and target", () => {
    const images = layoutFacts(manifestOf({ kind: "images" }, { inputShape: [2, 2, 3] }));
    assert.deepEqual(images[0], ["shape", "2 × 2 × 3, one byte a value"]);
    const text = layoutFacts(
      manifestOf({ kind: "tokens", length: 8, stride: 4, vocabulary: [10, 32, 97, 0x301] }, { classes: 4 }),
    );
    assert.deepEqual(text, [
      ["tokens", "characters, 4 different ones"],
      ["window", "8 tokens and the one after each; a new window every 4"],
      ["vocabulary", "U+000A U+0020 a U+0301"],
    ]);
    const bytes = layoutFacts(manifestOf({ kind: "tokens", length: 8, stride: 8, vocabulary: "bytes" }));
    assert.deepEqual(bytes[0], ["tokens", "bytes"]);
    const table = layoutFacts(manifestOf({ kind: "table", inputs, target: { type: "class", column: "t" } }));
    assert.deepEqual(table.slice(0, 2), [
      ["inputs", "3 columns, 4 numbers"],
      ["target", "t, 2 classes"],
    ]);
  });

  it("counts one in the singular", () => {
    const layout = { kind: "table", inputs: inputs.slice(0, 1), target: { type: "class", column: "t" } } as const;
    const table = layoutFacts(manifestOf(layout, { inputShape: [1], classes: 1 }));
    assert.deepEqual(table.slice(0, 2), [
      ["inputs", "1 column, 1 number"],
      ["target", "t, 1 class"],
    ]);
  });
});

describe("columnsText", () => {
  it("lists columns with their scale or categories, the target last", () => {
    const target = { type: "numbers", columns: [{ type: "number", column: "price", mean: 0, deviation: 1 }] } as const;
    assert.equal(
      columnsText(manifestOf({ kind: "table", inputs, target }, { classes: 0, classNames: [] }), plain),
      [
        "COLUMN  USE     TYPE      VALUES",
        "x       input   number    mean 1.2346, deviation 2",
        "raw     input   number    as they are",
        "town    input   category  2: Basel, Bern",
        "price   target  number    as they are",
      ].join("\n"),
    );
    assert.equal(columnsText(manifestOf({ kind: "images" }), plain), undefined);
  });
});

describe("classBars", () => {
  it("shows 64 classes at most, and nothing where there are none", () => {
    const classes = Array.from({ length: 70 }, (_, i) => ({ class: i, name: `c${i}`, train: i, test: 1 }));
    const lines = classBars(classes, plain)!.split("\n");
    assert.equal(lines.length, 66);
    assert.equal(lines.at(-1), "and 6 more classes");
    assert.equal(classBars([], plain), undefined);
  });
});

describe("countText", () => {
  it("sets groups of three apart", () => {
    assert.deepEqual(
      [0, 999, 1_000, 1_234_567].map((n) => countText(n).replace(/\s/g, "_")),
      ["0", "999", "1_000", "1_234_567"],
    );
  });
});
