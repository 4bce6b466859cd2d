import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArchitecture } from "./architecture.ts";
import { EngineError } from "./errors.ts";
import { hasCode, perceptron } from "./testing/programs.ts";

const MLP = perceptron([28, 28, 1], 128, 10);

/** The document with one field changed. */
function changed(field: string, value: unknown): unknown {
  return { ...MLP, [field]: value };
}

function pathOf(value: unknown): string {
  try {
    parseArchitecture(value);
  } catch (error) {
    if (error instanceof EngineError && "path" in error.detail) return `${error.code} ${error.detail.path}`;
    throw error;
  }
  return "accepted";
}

describe("parseArchitecture", () => {
  it("gives back a sound document", () => {
    assert.deepEqual(parseArchitecture(JSON.parse(JSON.stringify(MLP))), MLP);
  });

  const malformed: readonly (readonly [string, unknown, string])[] = [
    ["nothing", null, "$"],
    ["a list", [], "$"],
    ["no input", { layers: [], loss: "softmaxCrossEntropy" }, "$.input"],
    ["an empty input", changed("input", []), "$.input"],
    ["a size of 0", changed("input", [28, 0]), "$.input[1]"],
    ["a size of a half", changed("input", [0.5]), "$.input[0]"],
    ["a size as text", changed("input", ["28"]), "$.input[0]"],
    ["five dimensions", changed("input", [1, 1, 1, 1, 1]), "$.input"],
    ["layers that are no list", changed("layers", {}), "$.layers"],
    ["more than 256 layers", changed("layers", new Array(257).fill({ type: "relu" })), "$.layers"],
    ["an unknown layer", changed("layers", [{ type: "magic" }]), "$.layers[0].type"],
    ["a layer named like a property of objects", changed("layers", [{ type: "constructor" }]), "$.layers[0].type"],
    ["a dense layer without units", changed("layers", [{ type: "dense" }]), "$.layers[0].units"],
    ["negative units", changed("layers", [{ type: "dense", units: -1 }]), "$.layers[0].units"],
    ["a field nobody reads", changed("layers", [{ type: "relu", alpha: 1 }]), "$.layers[0].alpha"],
    ["an unknown loss", changed("loss", "hinge"), "$.loss"],
    ["a field of its own", changed("optimizer", {}), "$.optimizer"],
    ["nothing that learns", changed("layers", [{ type: "flatten" }]), "$.layers"],
    ["a single class", changed("layers", [{ type: "flatten" }, { type: "dense", units: 1 }]), "$.layers"],
  ];
  for (const [what, value, path] of malformed) {
    it(`names ${path} when it meets ${what}`, () => {
      assert.equal(pathOf(value), `ENGINE_ARCHITECTURE_MALFORMED ${path}`);
    });
  }

  it("names the layer that cannot take its input's shape", () => {
    const value = changed("layers", [{ type: "relu" }, { type: "dense", units: 10 }]);
    assert.equal(pathOf(value), "ENGINE_LAYER_SHAPE $.layers[1]");
  });

  it("refuses more parameters than fit, before anything is allocated", () => {
    const wide = { type: "dense", units: 65_536 };
    assert.equal(
      pathOf(changed("layers", [{ type: "flatten" }, wide, wide])),
      "ENGINE_ARCHITECTURE_TOO_LARGE $.layers[2]",
    );
    assert.throws(
      () => parseArchitecture(changed("input", [65_536, 65_536])),
      hasCode("ENGINE_ARCHITECTURE_TOO_LARGE"),
    );
  });
});
