import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode, testStream } from "../engine/testing/programs.ts";
import { InterchangeError } from "./interchangeError.ts";
import { importPyTorch } from "./pytorch.ts";
import { classifier, dense, numberedFile, transformer } from "./testing/models.ts";

describe("matchUnits, through importPyTorch", () => {
  const mlp = classifier([4], dense(3), { type: "relu" }, dense(2));
  const sound = { "fc1.weight": [3, 4], "fc1.bias": [3], "fc2.weight": [2, 3], "fc2.bias": [2] };

  it("names the tensor and the layer that do not fit", () => {
    assert.throws(() => importPyTorch(mlp, numberedFile({ ...sound, "fc2.weight": [5, 3], "fc2.bias": [5] })), {
      detail: {
        ...{ code: "INTERCHANGE_TENSOR_MISFIT", tensor: "fc2.weight", layer: "layers.2" },
        ...{ actual: [5, 3], needed: [2, 3] },
      },
    });
  });

  it("names the bias when it is the bias that does not fit", () => {
    assert.throws(() => importPyTorch(mlp, numberedFile({ ...sound, "fc1.bias": [4] })), {
      detail: { code: "INTERCHANGE_TENSOR_MISFIT", tensor: "fc1.bias", layer: "layers.0", actual: [4], needed: [3] },
    });
  });

  it("names the layer for which there is nothing", () => {
    const { "fc2.weight": _weight, "fc2.bias": _bias, ...rest } = sound;
    assert.throws(() => importPyTorch(mlp, numberedFile(rest)), {
      detail: { code: "INTERCHANGE_TENSOR_MISSING", layer: "layers.2", shape: [2, 3] },
    });
  });

  it("names the tensor for which there is no layer", () => {
    assert.throws(() => importPyTorch(mlp, numberedFile({ ...sound, "bn.running_mean": [3] })), {
      detail: { code: "INTERCHANGE_TENSOR_UNKNOWN", tensor: "bn.running_mean" },
    });
    assert.throws(() => importPyTorch(mlp, numberedFile({ ...sound, "fc3.weight": [3, 4] })), {
      detail: { code: "INTERCHANGE_TENSOR_UNKNOWN", tensor: "fc3.weight" },
    });
  });

  it("refuses a name of the caller's that is not in the file or does not fit", () => {
    const names = (module: string) => ({ names: { "layers.0": module } });
    assert.throws(() => importPyTorch(mlp, numberedFile(sound), names("fc9")), hasCode("INTERCHANGE_TENSOR_MISSING"));
    assert.throws(() => importPyTorch(mlp, numberedFile(sound), names("fc2")), hasCode("INTERCHANGE_TENSOR_MISFIT"));
  });

  it("refuses a residual around a flattened image, which PyTorch orders otherwise", () => {
    const residual = { type: "residual", layers: [dense(12)] } as const;
    const architecture = classifier([2, 2, 3], { type: "flatten" }, residual, dense(2));
    assert.throws(() => importPyTorch(architecture, numberedFile({})), {
      detail: { code: "INTERCHANGE_LAYER_UNSUPPORTED", layer: "layers.1", type: "residual" },
    });
  });

  it("refuses numbers that have no binary32, naming the tensor", () => {
    const file = numberedFile(sound);
    const tensors = new Map([...file.tensors].map(([name, tensor]) => [name, { ...tensor, dtype: "C64" as const }]));
    assert.throws(() => importPyTorch(mlp, { ...file, tensors }), hasCode("INTERCHANGE_DTYPE_UNSUPPORTED"));
  });

  it("loses no tensor whose names only look alike", () => {
    for (const other of ["fc1", "fc1_weight"]) {
      assert.throws(() => importPyTorch(mlp, numberedFile({ ...sound, [other]: [7] })), {
        detail: { code: "INTERCHANGE_TENSOR_UNKNOWN", tensor: other },
      });
    }
  });

  it("maps or refuses any names and shapes whatever", () => {
    const { nextBelow } = testStream("names");
    const architecture = transformer({ blocks: 1, width: 2, heads: 1, positions: 3, vocabulary: 2 });
    const words = [
      "wte",
      "wpe",
      "h.0.",
      "attn.",
      "c_attn",
      "in_proj",
      "_",
      ".",
      "weight",
      "bias",
      "ln",
      "__proto__",
      "",
    ];
    const outcomes = { mapped: 0, refused: 0 };
    for (let trial = 0; trial < 3_000; trial++) {
      const name = (): string =>
        Array.from({ length: 1 + nextBelow(4) }, () => words[nextBelow(words.length)]!).join("");
      const shape = (): number[] => Array.from({ length: nextBelow(4) }, () => [1, 2, 3, 6, 8][nextBelow(5)]!);
      const isSmall = nextBelow(2) === 0;
      const shapes = Object.fromEntries(
        Array.from({ length: isSmall ? 1 : 1 + nextBelow(9) }, () => [name(), shape()]),
      );
      try {
        importPyTorch(isSmall ? classifier([2], dense(2)) : architecture, numberedFile(shapes));
        outcomes.mapped++;
      } catch (error) {
        assert.ok(error instanceof InterchangeError, `trial ${trial}: ${error}`);
        outcomes.refused++;
      }
    }
    assert.ok(outcomes.mapped > 3 && outcomes.refused > 1_000, JSON.stringify(outcomes));
  });
});
