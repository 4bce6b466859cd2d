import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Architecture } from "../engine/architecture.ts";
import { elementCount, type Parameters } from "../engine/tensor.ts";
import { assertSameBits, assertSameNumbers, hasCode, testStream } from "../engine/testing/programs.ts";
import { describeMapping, exportPyTorch, importPyTorch } from "./pytorch.ts";
import { readSafetensors, type SafetensorsContents, writeSafetensors } from "./safetensors.ts";
import {
  benchModels,
  classifier,
  conv2d,
  dense,
  engineOutputs,
  lenet,
  numberedFile,
  randomParameters,
  regressor,
  transformer,
} from "./testing/models.ts";

const VECTORS = join(import.meta.dirname, "../../../test/vectors/pytorch");
/** Relative to the largest output: binary32 sums in another order. */
const TOLERANCE = 1e-5;

const small = { width: 16, heads: 4, positions: 8, vocabulary: 12 };
const twoBlocks = transformer({ blocks: 2, ...small });

/** What each parameter was made from. */
function sources(architecture: Architecture, contents: SafetensorsContents): Record<string, string> {
  const { mapping } = importPyTorch(architecture, contents);
  return Object.fromEntries(mapping.map(({ parameter, tensors }) => [parameter, tensors.join(" + ")]));
}

/** Fails unless the model in a committed file computes here what it computed in PyTorch. */
function assertComputesTheSame(name: "lenet" | "encoder" | "gpt", architecture: Architecture): void {
  const contents = readSafetensors(readFileSync(join(VECTORS, `${name}.safetensors`)));
  const { parameters } = importPyTorch(architecture, contents);
  const outputs = JSON.parse(readFileSync(join(VECTORS, "outputs.json"), "utf8")) as Record<string, number[]>;
  const size = elementCount(architecture.input);
  const input = (i: number): number =>
    name === "lenet" ? Math.fround(Math.fround((i * 37) % 101) / 101) : (i * 5) % small.vocabulary;
  const expected = outputs[name]!;
  const inputs = Float32Array.from({ length: 2 * size }, (_, i) => input(i));
  const actual = engineOutputs(architecture, parameters, inputs);
  assert.equal(actual.length, expected.length, `${name}: length`);
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
  assert.ok(difference <= TOLERANCE * largest, `${name}: differs by ${difference} of ${largest}`);
}

describe("importPyTorch", () => {
  it("makes LeNet compute what it computed in PyTorch", () => assertComputesTheSame("lenet", lenet));

  it("makes a transformer with nn.MultiheadAttention compute what it computed in PyTorch", () => {
    assertComputesTheSame("encoder", twoBlocks);
  });

  it("makes a transformer with GPT-2's names compute what it computed in PyTorch", () => {
    assertComputesTheSame("gpt", twoBlocks);
  });

  it("puts the channels of a convolution last", () => {
    const file = numberedFile({ "conv.weight": [1, 2, 2, 2], "conv.bias": [1] });
    const { parameters } = importPyTorch(regressor([3, 3, 2], conv2d(1, 2)), file);
    // PyTorch: channel 0 is 0 1 2 3, channel 1 is 4 5 6 7.
    assert.deepEqual(parameters.get("layers.0.weight"), {
      shape: [1, 2, 2, 2],
      data: Float32Array.of(0, 4, 1, 5, 2, 6, 3, 7),
    });
  });

  it("puts the columns after a flattened image in the image's order, and no others", () => {
    const architecture = classifier([1, 2, 3], { type: "flatten" }, { type: "relu" }, dense(2), dense(6));
    const file = numberedFile({ "a.weight": [2, 6], "a.bias": [2], "b.weight": [6, 2], "b.bias": [6] });
    const { parameters } = importPyTorch(architecture, file);
    const columns = Float32Array.of(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11); // pixel by pixel, channels 0 1 2
    assertSameNumbers(parameters.get("layers.2.weight")!.data, columns, "after the image");
    assertSameNumbers(
      parameters.get("layers.3.weight")!.data,
      Float32Array.from({ length: 12 }, (_, i) => i),
      "dense",
    );
  });

  it("tells equal shapes apart by the numbers in their names, ten after nine", () => {
    const layers = Array.from({ length: 11 }, () => dense(2));
    const shapes = layers.flatMap((_, i): [string, number[]][] => [
      [`layers.${i}.weight`, [2, 2]],
      [`layers.${i}.bias`, [2]],
    ]);
    const found = sources(classifier([2], ...layers), numberedFile(Object.fromEntries(shapes)));
    assert.equal(found["layers.10.weight"], "layers.10.weight");
    assert.equal(found["layers.2.bias"], "layers.2.bias");
  });

  it("takes a file that is not in order of name to be in the model's order", () => {
    const one = { shape: [2, 2], data: new Float32Array(4) };
    const sorted = readSafetensors(writeSafetensors(new Map(["a", "b"].map((name) => [`${name}.weight`, one]))));
    const contents = { ...sorted, tensors: new Map([...sorted.tensors].reverse()) };
    assert.equal(sources(classifier([2], dense(2), dense(2)), contents)["layers.0.weight"], "b.weight");
  });

  it("fills a bias that the file does not have with zeros, and says so", () => {
    const { parameters, mapping } = importPyTorch(classifier([3], dense(2)), numberedFile({ "head.weight": [2, 3] }));
    assert.deepEqual(parameters.get("layers.0.bias")!.data, new Float32Array(2));
    assert.deepEqual(mapping[1], {
      ...{ parameter: "layers.0.bias", shape: [2], tensors: [], foreignShape: [], notes: ["zeros"] },
    });
  });

  it("turns the weights of GPT-2's Conv1D modules, square ones too", () => {
    const architecture = classifier(
      [2],
      { type: "embedding", vocabulary: 3, units: 2 },
      { type: "causalSelfAttention", heads: 1 },
    );
    const c_attn = { "attn.c_attn.weight": [2, 6], "attn.c_attn.bias": [6] };
    const file = numberedFile({
      "wte.weight": [3, 2],
      ...c_attn,
      "attn.c_proj.weight": [2, 2],
      "attn.c_proj.bias": [2],
    });
    const { parameters, mapping } = importPyTorch(architecture, file);
    const turned = Float32Array.of(0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11);
    assertSameNumbers(parameters.get("layers.1.qkv.weight")!.data, turned, "qkv");
    assertSameNumbers(parameters.get("layers.1.output.weight")!.data, Float32Array.of(0, 2, 1, 3), "output");
    assert.deepEqual(
      mapping.map(({ notes }) => notes.join()),
      ["", "transposed", "", "transposed", ""],
    );
  });

  it("joins q, k and v where a model keeps them apart", () => {
    const layers = [
      { type: "embedding", vocabulary: 3, units: 2 },
      { type: "causalSelfAttention", heads: 1 },
    ] as const;
    const modules = ["q_proj", "k_proj", "v_proj", "out_proj"].flatMap((name): [string, number[]][] => [
      [`attn.${name}.weight`, [2, 2]],
      [`attn.${name}.bias`, [2]],
    ]);
    const file = numberedFile({ "embed.weight": [3, 2], ...Object.fromEntries(modules) });
    const { parameters, mapping } = importPyTorch(classifier([2], ...layers), file);
    const rows = Float32Array.of(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
    assert.deepEqual(parameters.get("layers.1.qkv.weight"), { shape: [6, 2], data: rows });
    assert.deepEqual(
      mapping.map(({ tensors }) => tensors.length),
      [1, 3, 3, 1, 1],
    );
    assert.equal(mapping[3]!.tensors[0], "attn.out_proj.weight");
  });

  it("leaves masks and counters alone, and lists them", () => {
    const contents = readSafetensors(readFileSync(join(VECTORS, "gpt.safetensors")));
    assert.deepEqual(importPyTorch(twoBlocks, contents).ignored, ["h.0.attn.bias", "h.1.attn.bias"]);
  });

  it("takes the caller's word for which module a layer is", () => {
    const architecture = classifier([2], dense(2), dense(2));
    const file = numberedFile({ "a.weight": [2, 2], "b.weight": [2, 2] });
    const { mapping } = importPyTorch(architecture, file, { names: { "layers.0": "b" } });
    assert.deepEqual(
      mapping.map(({ tensors }) => tensors[0]),
      ["b.weight", undefined, "a.weight", undefined],
    );
  });

  it("lets two layers share a module when the caller says so", () => {
    const architecture = classifier([2], { type: "embedding", vocabulary: 3, units: 2 }, dense(3));
    const file = numberedFile({ "wte.weight": [3, 2] });
    const names = { "layers.0": "wte", "layers.1": "wte" };
    const { mapping } = importPyTorch(architecture, file, { names });
    assert.deepEqual(
      mapping.map(({ tensors }) => tensors[0]),
      ["wte.weight", "wte.weight", undefined],
    );
  });
});

describe("exportPyTorch", () => {
  const models: Readonly<Record<string, Architecture>> = {
    ...benchModels,
    "a transformer whose positions are as many as its tokens": transformer({ blocks: 1, ...small, positions: 12 }),
    "a norm over a flattened image": classifier([2, 2, 3], { type: "flatten" }, { type: "layerNorm" }, dense(2)),
  };
  for (const [name, architecture] of Object.entries(models)) {
    it(`writes what importPyTorch reads back, bit for bit: ${name}`, () => {
      const parameters = randomParameters(architecture, testStream(name));
      const file = writeSafetensors(exportPyTorch(architecture, parameters));
      assertSameBits(importPyTorch(architecture, readSafetensors(file)).parameters, parameters, name);
    });
  }

  it("writes PyTorch's shapes under the names of its modules", () => {
    const shapes = (architecture: Architecture): Record<string, readonly number[]> => {
      const parameters: Parameters = randomParameters(architecture, testStream("shapes"));
      return Object.fromEntries([...exportPyTorch(architecture, parameters)].map(([name, { shape }]) => [name, shape]));
    };
    assert.deepEqual(shapes(lenet)["layers.3.weight"], [16, 6, 5, 5]);
    const transformed = shapes(twoBlocks);
    assert.deepEqual(transformed["layers.2.layers.1.in_proj_weight"], [48, 16]);
    assert.deepEqual(transformed["layers.2.layers.1.out_proj.bias"], [16]);
  });

  it("refuses parameters that are not the architecture's", () => {
    assert.throws(() => exportPyTorch(lenet, new Map()), hasCode("ENGINE_PARAMETERS_MISMATCH"));
  });
});

describe("describeMapping", () => {
  it("prints one aligned line a parameter", () => {
    const file = numberedFile({ "a.weight": [2, 3, 1, 1], "fc.weight": [2, 4], "fc.bias": [2] });
    const architecture = classifier([1, 2, 3], conv2d(2, 1), { type: "flatten" }, dense(2));
    assert.deepEqual(describeMapping(importPyTorch(architecture, file).mapping), [
      "layers.0.weight [2, 1, 1, 3]  ← a.weight [2, 3, 1, 1]  channels last",
      "layers.0.bias [2]             ← nothing                zeros",
      "layers.2.weight [2, 4]        ← fc.weight [2, 4]       columns of the image channels last",
      "layers.2.bias [2]             ← fc.bias [2]",
    ]);
  });
});
