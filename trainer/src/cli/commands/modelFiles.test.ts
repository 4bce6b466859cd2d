/** `cairn eval` and `cairn model inspect | export | import` on files, as people type them. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createTestMachine, type Ran } from "../testing/memoryHost.ts";

const machine = createTestMachine();
after(() => machine.remove());

const path = (...names: readonly string[]): string => join(machine.home, ...names);
const run = (line: string): Promise<Ran> => machine.run(line.split(" "));

const PLAN = `
architecture: mlp:5
optimiser: { type: sgd, learningRate: 0.05, momentum: 0.9 }
batchSize: 8
steps: 6
validation: 0.01
`;

async function dataOf(line: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(`${line} --json`);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).data;
}

before(async () => {
  writeFileSync(path("plan.yaml"), PLAN);
  const { code, stderr } = await run("train --plan plan.yaml --data glyphs -o run --engine reference");
  assert.equal(code, 0, stderr);
});

describe("cairn eval", () => {
  it("gives the same figures as model test, and for a checkpoint those of its parameters", async () => {
    const one = await dataOf("eval --model run/model.safetensors --data glyphs --engine reference");
    const { model: _, ...other } = await dataOf("model test run/model.safetensors --data glyphs");
    const { model: label, ...same } = one;
    assert.equal(label, "run/model.safetensors");
    assert.deepEqual(same, other);
    assert.equal(one.perplexity, Math.exp(one.loss as number));
    const checkpoint = await dataOf("eval --model run/checkpoints/step-6.safetensors --data glyphs");
    assert.deepEqual([checkpoint.loss, checkpoint.accuracy], [one.loss, one.accuracy]);
  });

  it("shows accuracy, loss and the confusion matrix", async () => {
    const { stdout } = await run("eval --model run/model.safetensors --data glyphs");
    assert.match(stdout, /^\d+\.\d\d % of 2000 test records right · loss \d/);
    assert.match(stdout, /\nACTUAL/);
  });
});

describe("cairn model inspect", () => {
  it("shows tensors, hash, kind and whether the architecture beside it fits", async () => {
    const data = await dataOf("model inspect run/model.safetensors");
    assert.deepEqual([data.canonical, data.schema, data.parameters], [true, "cairn/parameters/v2", 784 * 5 + 5 + 60]);
    assert.deepEqual(data.architecture, { path: "run/model.json", fits: true, problem: null, layers: 4 });
    const { stdout } = await run("model inspect run/checkpoints/step-6.safetensors");
    assert.match(stdout, /cairn\/checkpoint\/v1, step 6/);
    assert.match(stdout, /run\/run.json: fits, 4 layers/);
  });

  it("says what does not fit, and what is no safetensors file", async () => {
    writeFileSync(path("other.yaml"), "input: [4]\nlayers: [{ type: dense, units: 3 }]\nloss: softmaxCrossEntropy\n");
    const { stdout, code } = await run("model inspect run/model.safetensors --architecture other.yaml");
    assert.equal(code, 0);
    assert.match(stdout, /other.yaml: does not fit: tensor /);
    const refused = await run("model inspect plan.yaml");
    assert.equal(refused.code, 10);
    assert.match(refused.stderr, /error\[INTERCHANGE_SAFETENSORS_MALFORMED\]/);
  });
});

describe("cairn model export and import", () => {
  it("bring a model to PyTorch's layout and back, byte for byte", async () => {
    const { file } = await dataOf("model export run/model.safetensors --to pytorch");
    assert.equal(file, path("run", "model.pytorch.safetensors"));
    const imported = await run("model import run/model.pytorch.safetensors --architecture mlp:5 -o back.safetensors");
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stderr, /layers\.1\.weight \[5, 784\] +← /);
    assert.deepEqual(readFileSync(path("back.safetensors")), readFileSync(path("run", "model.safetensors")));
    const { data } = JSON.parse((await run("model inspect back.safetensors --json")).stdout);
    assert.equal(data.architecture.fits, true);
  });

  it("write ONNX, and the parameters of a checkpoint as canonical bytes", async () => {
    const onnx = await dataOf("model export run/model.safetensors --to onnx -o model.onnx");
    assert.ok(readFileSync(path("model.onnx")).includes("layers.3.weight") || (onnx.byteLength as number) > 15_000);
    await dataOf("model export run/checkpoints/step-6.safetensors --to safetensors -o last.safetensors");
    assert.deepEqual(readFileSync(path("last.safetensors")), readFileSync(path("run", "model.safetensors")));
  });

  it("leave a file that is there alone, and refuse formats and shapes that there are not", async () => {
    for (const [line, code, exit] of [
      ["model export run/model.safetensors --to pytorch", "CLI_FILE_EXISTS", 2],
      ["model export run/model.safetensors --to pickle", "CLI_USAGE", 2],
      ["model export back.json --to onnx --architecture other.yaml", "ENGINE_SAFETENSORS_MALFORMED", 10],
      ["model import run/model.safetensors --architecture lenet5 -o x", "INTERCHANGE_TENSOR_MISSING", 10],
      ["model import run/model.safetensors --architecture mlp:5 --input 0 -o x", "CLI_USAGE", 2],
    ] as const) {
      const { code: actual, stdout, stderr } = await run(line);
      assert.ok(stderr.includes(`error[${code}]`), `${line}: ${stderr}`);
      assert.deepEqual([actual, stdout], [exit, ""], line);
    }
  });
});
