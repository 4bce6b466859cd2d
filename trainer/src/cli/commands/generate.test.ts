/** `cairn generate` on a small model of text that `cairn train` made. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createTestMachine, type Ran } from "../testing/memoryHost.ts";

const machine = createTestMachine();
after(() => machine.remove());

const path = (...names: readonly string[]): string => join(machine.home, ...names);
const run = (...argv: readonly string[]): Promise<Ran> => machine.run(argv);
const generate = (...argv: readonly string[]): Promise<Ran> =>
  run("generate", "--model", "run/model.safetensors", "--engine", "reference", ...argv);

before(async () => {
  writeFileSync(path("text.txt"), "abcd ".repeat(60));
  writeFileSync(
    path("plan.yaml"),
    [
      "architecture: transformer:1x8x2",
      "optimiser: { type: adamW, learningRate: 0.03 }",
      "batchSize: 8",
      "steps: 60",
      `data: text:${path("text.txt")},vocabulary=characters,length=8`,
    ].join("\n"),
  );
  const { code, stderr } = await run("train", "--plan", "plan.yaml", "-o", "run", "--engine", "reference");
  assert.equal(code, 0, stderr);
});

describe("cairn generate", () => {
  it("continues what the model has learnt, with the vocabulary beside it", async () => {
    const { vocabulary } = JSON.parse(readFileSync(path("run", "model.json"), "utf8"));
    assert.deepEqual(
      vocabulary,
      [..." abcd"].map((character) => character.codePointAt(0)),
    );
    const { code, stdout, stderr } = await generate("--prompt", "abcd abc", "--length", "12", "--temperature", "0");
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "abcd abcd abcd abcd \n");
  });

  it("gives the same text for the same seed, and names its tokens with --json", async () => {
    const drawn = async (seed: string): Promise<string> =>
      (await generate("--prompt", "a", "--length", "40", "--temperature", "5", "--seed", seed, "--json")).stdout;
    assert.equal(await drawn("1"), await drawn("1"));
    assert.notEqual(await drawn("1"), await drawn("2"));
    const { data } = JSON.parse(await drawn("1"));
    assert.equal(data.tokens.length, 40);
    assert.equal(data.text.length, 41);
  });

  it("measures a model of text by its perplexity", async () => {
    const { stdout } = await run("eval", "--model", "run/model.safetensors", "--data", dataReference());
    assert.match(stdout, /^perplexity \d\.\d+ · loss .* of the tokens of \d+ test records right\n/);
    assert.doesNotMatch(stdout, /ACTUAL/);
  });

  it("refuses what the vocabulary lacks, an empty prompt, and temperatures below 0", async () => {
    for (const argv of [
      ["--prompt", "x"],
      ["--prompt", ""],
      ["--data", "glyphs"],
      ["--temperature", "-1"],
    ]) {
      const { code, stdout, stderr } = await generate(...argv);
      assert.deepEqual([code, stdout], [2, ""], argv.join(" "));
      assert.match(stderr, /error\[CLI_USAGE\]/);
    }
  });
});

describe("cairn eval of a model of text", () => {
  it("refuses text with as many other characters, and with more, naming both vocabularies", async () => {
    writeFileSync(path("other.txt"), "abxd ".repeat(60));
    writeFileSync(path("more.txt"), "abcdef ".repeat(60));
    const evaluate = (file: string): Promise<Ran> => {
      const data = `text:${path(file)},vocabulary=characters,length=8`;
      return run("eval", "--model", "run/model.safetensors", "--engine", "reference", "--data", data);
    };
    const same = await evaluate("text.txt");
    assert.equal(same.code, 0, same.stderr);
    const other = await evaluate("other.txt");
    assert.match(other.stderr, /error\[CLI_VOCABULARY_DIFFERS\]/);
    assert.match(other.stderr, /5 characters \(token 3 is "c"\).*5 characters \(token 3 is "d"\)/s);
    const more = await evaluate("more.txt");
    assert.match(more.stderr, /error\[(LEARNING_DATA_MISMATCH|CLI_VOCABULARY_DIFFERS)\]/);
  });
});

function dataReference(): string {
  return `text:${path("text.txt")},vocabulary=characters,length=8`;
}
