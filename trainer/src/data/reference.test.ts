import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseReference, requireKnownOptions } from "./reference.ts";
import { refuses } from "./testing/refusal.ts";

describe("parseReference", () => {
  it("takes kind, path and options apart", () => {
    const plain = { path: undefined, options: new Map() };
    assert.deepEqual(parseReference("glyphs"), { kind: "glyphs", ...plain });
    assert.deepEqual(parseReference("csv:C:\\a.csv"), { kind: "csv", path: "C:\\a.csv", options: new Map() });
    const options = new Map([
      ["vocabulary", "characters"],
      ["length", "64"],
    ]);
    assert.deepEqual(parseReference("text:a b.txt,vocabulary=characters,length=64"), {
      kind: "text",
      path: "a b.txt",
      options,
    });
  });

  it("leaves commas and signs of equality in a path where they are no option", () => {
    for (const path of ["a,b.txt", "x=1.txt", "a,B=1", "a,b=c,d"]) {
      assert.deepEqual(parseReference(`text:${path}`), { kind: "text", path, options: new Map() });
    }
  });

  it("refuses a colon without a path, and an option that is given twice", async () => {
    for (const reference of [":x", "idx:", "text:,length=3", ":"]) {
      await refuses(() => parseReference(reference), { code: "DATA_REFERENCE_UNKNOWN", reference });
    }
    await refuses(() => parseReference("text:a,length=1,length=2"), {
      code: "DATA_OPTION_INVALID",
      option: "length",
      value: "2",
    });
  });
});

describe("requireKnownOptions", () => {
  it("refuses any other", async () => {
    requireKnownOptions(new Map([["a", "1"]]), ["a", "b"]);
    const act = () => requireKnownOptions(new Map([["c", "1"]]), ["a", "b"]);
    await refuses(act, { code: "DATA_OPTION_INVALID", option: "c", value: "1" });
  });
});
