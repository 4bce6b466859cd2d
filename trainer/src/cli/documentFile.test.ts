import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseDocument } from "./documentFile.ts";

const TEXT = `# a comment
architecture:
  layers:
    - { type: flatten }
    - type: dense
      units: 10
seed: 0x0123456789012345678901234567890123456789
`;

describe("parseDocument", () => {
  it("reads YAML and JSON alike", async () => {
    const { value } = await parseDocument('{\n\t"a": [1, "x"],\n\t"b": null }', "x.json");
    assert.deepEqual(value, { a: [1, "x"], b: null });
    assert.deepEqual((await parseDocument("a: [1, x]\nb: null\n", "x.yaml")).value, { a: [1, "x"], b: null });
  });

  it("knows the line of every field, and of what is around one that is missing", async () => {
    const document = await parseDocument(TEXT, "plan.yaml");
    assert.equal(document.place("$.architecture.layers[1].units"), "plan.yaml, line 6");
    assert.equal(document.place("$.architecture.layers[1].rate"), "plan.yaml, line 5");
    assert.equal(document.place("$.batchSize"), "plan.yaml, line 2");
    assert.equal(document.source("$.seed"), "0x0123456789012345678901234567890123456789");
    assert.equal(document.source("$.architecture"), undefined);
  });

  for (const [text, where] of [
    ["{", "line 1, column 2"],
    ["a: 1\na: 2\n", "line 2, column 1"],
    ["a: [1, 2\nb: 3", "line 2, column"],
    ["a: !!js/function x\n", "line 1, column 4"],
    ['{"a": 1,}}', "line 1, column 10"],
    ["a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins"],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} with the place`, async () => {
      await assert.rejects(parseDocument(text, "p"), (error: Error & { code: string }) => {
        assert.equal(error.code, "CLI_FILE_UNREADABLE");
        assert.ok(error.message.startsWith(`p, ${where}`), error.message);
        return true;
      });
    });
  }

  it("refuses what is nested too deeply", async () => {
    const text = `a: ${"[".repeat(20_000)}`;
    await assert.rejects(parseDocument(text, "p"), /^CliError: p, line 1, column \d+: it is nested too deeply$/);
  });

  it("refuses aliases that would grow without end", async () => {
    const lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
    for (let i = 1; i < 12; i++) {
      const [name, before] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
      lines.push(`${name}: &${name} [${new Array(10).fill(`*${before}`).join(", ")}]`);
    }
    await assert.rejects(parseDocument(lines.join("\n"), "p"), { code: "CLI_FILE_UNREADABLE" });
  });
});
