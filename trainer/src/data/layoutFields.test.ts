import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json } from "../protocol/canonicalJson.ts";
import type { RecordManifest } from "./dataset.ts";
import { decodeManifest, encodeManifest, leafPrefix, parseManifest } from "./manifest.ts";
import { refuses } from "./testing/refusal.ts";

const common = {
  schema: "cairn/dataset/v2",
  name: "tiny",
  source: "a test",
  licence: "MIT",
  recordCount: 5,
  splits: { train: [0, 3], test: [3, 5] },
  recordsRoot: `0x${"12".repeat(32)}`,
} as const;

const text: RecordManifest = {
  ...common,
  inputShape: [4],
  targetSize: 4,
  classes: 3,
  classNames: [],
  recordBytes: 5,
  layout: { kind: "tokens", length: 4, stride: 2, vocabulary: [10, 32, 97] },
};

const table: RecordManifest = {
  ...common,
  inputShape: [3],
  targetSize: 1,
  classes: 2,
  classNames: ["no", "yes"],
  recordBytes: 6,
  layout: {
    kind: "table",
    inputs: [
      { type: "number", column: "x", mean: 0.5, deviation: 2 },
      { type: "category", column: "c", categories: ["a", "b"] },
    ],
    target: { type: "class", column: "t" },
  },
};

const values: RecordManifest = {
  ...table,
  classes: 0,
  classNames: [],
  recordBytes: 9,
  layout: {
    ...table.layout,
    target: { type: "numbers", columns: [{ type: "number", column: "t", mean: 0, deviation: 1 }] },
  } as never,
};

const images: RecordManifest = {
  ...common,
  inputShape: [1, 2, 1],
  targetSize: 1,
  classes: 300,
  classNames: Array.from({ length: 300 }, (_, i) => `${i}`),
  recordBytes: 4,
  layout: { kind: "images" },
};

/** `manifest` with the field at `path` replaced, or removed where the value is undefined. */
function changed(manifest: RecordManifest, path: string, value: Json | undefined): unknown {
  const copy = JSON.parse(JSON.stringify(manifest));
  const steps = path.split(".");
  const last = steps.pop()!;
  const at = steps.reduce((object, step) => object[step], copy);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe("parseManifest of form v2", () => {
  it("gives back every kind of layout as it was written", () => {
    for (const manifest of [text, table, values, images]) {
      assert.deepEqual(decodeManifest(encodeManifest(manifest)), manifest);
    }
  });

  const wrong: readonly (readonly [
    manifest: RecordManifest,
    path: string,
    values: readonly (Json | undefined)[],
    field?: string,
  ])[] = [
    [text, "layout", [undefined, null, []]],
    [text, "layout.kind", ["words", undefined]],
    [text, "layout.length", [0, 1.5, undefined, "4"]],
    [text, "layout.stride", [0, -1]],
    [text, "layout.vocabulary", ["words", [], [32, 10, 97], [10, 10, 97], [-1, 2, 3], [0x110000], [1.5]]],
    [text, "layout.more", [1]],
    [text, "targetSize", [1, undefined]],
    [text, "classes", [4, 0]],
    [text, "classNames", [["a", "b", "c"], undefined, [1]]],
    [text, "recordBytes", [4]],
    [text, "inputShape", [[5], []]],
    [table, "layout.inputs", [[], {}, undefined]],
    [table, "layout.inputs.0.mean", [0.1, "1", undefined]],
    [table, "layout.inputs.0.deviation", [0, -1, 1e40]],
    [table, "layout.inputs.0.type", ["date"]],
    [table, "layout.inputs.0.column", [7, "\u001b[31m"]],
    [table, "layout.inputs.1.categories", [[], [1], ["a", "\n"]]],
    [table, "layout.target", [undefined, 3]],
    [table, "layout.target.type", ["words"]],
    [table, "classes", [0], "classes"],
    [values, "classes", [1], "classes"],
    [values, "layout.target.columns", [[], undefined]],
    [values, "layout.target.columns.0.type", ["category"]],
    [images, "classes", [65_537], "classes"],
    [images, "more", [1]],
    [images, "splits", [{ train: [0, 5], test: [5, 5] }]],
  ];
  for (const [manifest, path, changes, field = path] of wrong) {
    it(`refuses a wrong ${path} of ${manifest.layout.kind}`, async () => {
      for (const value of changes) {
        await refuses(() => parseManifest(changed(manifest, path, value)), { code: "DATA_MANIFEST_MALFORMED", field });
      }
    });
  }
});

describe("leafPrefix", () => {
  it("differs when anything differs that decides the numbers, and only then", () => {
    const hex = (manifest: unknown): string => Buffer.from(leafPrefix(manifest as RecordManifest)).toString("hex");
    const own = hex(table);
    for (const [path, value] of [
      ["layout.inputs.0.mean", 0.25],
      ["layout.inputs.0.deviation", 1],
      ["splits.train.1", 2],
      ["recordCount", 6],
      ["classes", 3],
    ] as const) {
      assert.notEqual(hex(changed(table, path, value)), own, path);
    }
    for (const [path, value] of [
      ["name", "other"],
      ["source", "elsewhere"],
      ["licence", "none"],
      ["recordsRoot", `0x${"34".repeat(32)}`],
    ] as const) {
      assert.equal(hex(changed(table, path, value)), own, path);
    }
  });
});
