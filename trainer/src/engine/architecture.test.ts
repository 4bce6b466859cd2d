import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseArchitecture } from "./architecture.ts";
import { EngineError } from "./errors.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import { hasCode, perceptron } from "./testing/programs.ts";

const MLP = perceptron([28, 28, 1], 128, 10);
const DENSE = { type: "dense", units: 9 };
const CONV = { type: "conv2d", filters: 4, kernel: 3 };
const EMBEDDING = { type: "embedding", vocabulary: 5, units: 4 };

function residual(...layers: readonly unknown[]): unknown {
  return { type: "residual", layers };
}

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

  it("gives back every sound document the same the second time, defaults filled in the first", () => {
    for (const [name, architecture] of Object.entries(ARCHITECTURES)) {
      const parsed = parseArchitecture(architecture);
      assert.deepEqual(parseArchitecture(JSON.parse(JSON.stringify(parsed))), parsed, name);
    }
  });

  it("fills in strides and padding, inside residuals too", () => {
    const image = [
      { type: "conv2d", filters: 2, kernel: 3 },
      { type: "residual", layers: [{ type: "conv2d", filters: 2, kernel: 1 }] },
      { type: "maxPool", size: 2 },
      { type: "averagePool", size: 3, stride: 1 },
    ];
    const { layers } = parseArchitecture({ input: [9, 9, 1], layers: image, loss: "meanSquaredError" });
    assert.deepEqual(layers, [
      { type: "conv2d", filters: 2, kernel: 3, stride: 1, padding: 0 },
      { type: "residual", layers: [{ type: "conv2d", filters: 2, kernel: 1, stride: 1, padding: 0 }] },
      { type: "maxPool", size: 2, stride: 2 },
      { type: "averagePool", size: 3, stride: 1 },
    ]);
  });

  it("rounds a dropout rate to binary32", () => {
    const { layers } = parseArchitecture(
      changed("layers", [{ type: "flatten" }, DENSE, { type: "dropout", rate: 0.1 }]),
    );
    assert.deepEqual(layers.at(-1), { type: "dropout", rate: Math.fround(0.1) });
  });

  it("says which field was mistyped, and not that another one is missing", () => {
    const layers = (...all: readonly unknown[]): unknown => changed("layers", all);
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ input: [4], layer: [], loss: "hinge" }, /\$\.layer is unknown; did you mean layers\?/],
      [layers({ type: "dense", unit: 9 }), /\$\.layers\[0\]\.unit is unknown; did you mean units\?/],
      [layers({ type: "conv2d", filter: 4, kernel: 3 }), /\.filter is unknown; did you mean filters\?/],
      [layers({ type: "maxPool", sise: 4 }), /\.sise is unknown; did you mean size\?/],
      [layers({ type: "averagePool", strides: 4 }), /\.strides is unknown; did you mean stride\?/],
      [layers({ type: "dropout", rat: 4 }), /\.rat is unknown; did you mean rate\?/],
      [layers({ type: "embedding", vocabulry: 4 }), /\.vocabulry is unknown; did you mean vocabulary\?/],
      [layers({ type: "causalSelfAttention", head: 4 }), /\.head is unknown; did you mean heads\?/],
      [layers({ type: "residual", layer: [] }), /\.layer is unknown; did you mean layers\?/],
      [layers({ type: "flatten", sizes: 1 }), /\.sizes is unknown; known are type$/],
    ];
    for (const [value, message] of wrong) assert.throws(() => parseArchitecture(value), message);
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
    ["no layer at all", changed("layers", []), "$.layers"],
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
    ["a class a pixel", changed("layers", [{ type: "conv2d", filters: 2, kernel: 1 }]), "$.layers"],
    ["no filters", changed("layers", [{ type: "conv2d", kernel: 3 }]), "$.layers[0].filters"],
    ["no kernel", changed("layers", [{ type: "conv2d", filters: 3 }]), "$.layers[0].kernel"],
    ["a stride of 0", changed("layers", [{ ...CONV, stride: 0 }]), "$.layers[0].stride"],
    ["padding as large as the kernel", changed("layers", [{ ...CONV, padding: 3 }]), "$.layers[0].padding"],
    ["padding that is null", changed("layers", [{ ...CONV, padding: null }]), "$.layers[0].padding"],
    ["a pool without size", changed("layers", [{ type: "maxPool" }]), "$.layers[0].size"],
    ["a pool of half a pixel", changed("layers", [{ type: "averagePool", size: 0.5 }]), "$.layers[0].size"],
    ["a pool's stride of 0", changed("layers", [{ type: "averagePool", size: 2, stride: 0 }]), "$.layers[0].stride"],
    ["padding of a pool", changed("layers", [{ type: "maxPool", size: 2, padding: 1 }]), "$.layers[0].padding"],
    ["a dropout rate of 1", changed("layers", [{ type: "dropout", rate: 1 }]), "$.layers[0].rate"],
    ["a rate that rounds to 1", changed("layers", [{ type: "dropout", rate: 0.99999999999 }]), "$.layers[0].rate"],
    ["a dropout rate below 0", changed("layers", [{ type: "dropout", rate: -0.1 }]), "$.layers[0].rate"],
    ["no dropout rate", changed("layers", [{ type: "dropout" }]), "$.layers[0].rate"],
    ["no vocabulary", changed("layers", [{ type: "embedding", units: 3 }]), "$.layers[0].vocabulary"],
    ["no units", changed("layers", [{ type: "embedding", vocabulary: 3 }]), "$.layers[0].units"],
    ["an embedding of values", changed("layers", [{ type: "relu" }, EMBEDDING]), "$.layers[1]"],
    ["an embedding in a residual", changed("layers", [residual(EMBEDDING)]), "$.layers[0].layers[0]"],
    ["no heads", changed("layers", [{ type: "causalSelfAttention" }]), "$.layers[0].heads"],
    ["0 heads", changed("layers", [{ type: "causalSelfAttention", heads: 0 }]), "$.layers[0].heads"],
    ["a residual of nothing", changed("layers", [residual()]), "$.layers[0].layers"],
    ["a residual of no list", changed("layers", [{ type: "residual", layers: 3 }]), "$.layers[0].layers"],
    ["no layers in a residual", changed("layers", [{ type: "residual" }]), "$.layers[0].layers"],
    ["an unknown layer in a residual", changed("layers", [residual({ type: "magic" })]), "$.layers[0].layers[0].type"],
    [
      "a bad field in a residual",
      changed("layers", [residual(CONV, { type: "relu", x: 1 })]),
      "$.layers[0].layers[1].x",
    ],
    ["256 layers around residuals", changed("layers", new Array(129).fill(residual(CONV))), "$.layers[127].layers"],
  ];
  for (const [what, value, path] of malformed) {
    it(`names ${path} when it meets ${what}`, () => {
      assert.equal(pathOf(value), `ENGINE_ARCHITECTURE_MALFORMED ${path}`);
    });
  }

  const unfit: readonly (readonly [string, readonly number[], readonly unknown[], string])[] = [
    ["dense on an image", [28, 28, 1], [{ type: "relu" }, DENSE], "$.layers[1]"],
    ["a convolution of a row", [28], [CONV], "$.layers[0]"],
    ["a convolution of an image without channels", [28, 28], [CONV], "$.layers[0]"],
    ["a kernel beyond the image", [2, 9, 1], [CONV], "$.layers[0]"],
    ["a kernel beyond the padded image", [2, 9, 1], [{ ...CONV, kernel: 5, padding: 1 }], "$.layers[0]"],
    ["a pool beyond the image", [9, 2, 1], [{ type: "relu" }, { type: "maxPool", size: 3 }], "$.layers[1]"],
    ["a pool of rows", [9, 2], [{ type: "averagePool", size: 2 }], "$.layers[0]"],
    ["an embedding of an image", [3, 3], [EMBEDDING], "$.layers[0]"],
    ["positions of one row", [9], [{ type: "positionalEmbedding" }], "$.layers[0]"],
    ["attention of one row", [9], [{ type: "causalSelfAttention", heads: 3 }], "$.layers[0]"],
    ["heads that do not divide", [4, 9], [{ type: "causalSelfAttention", heads: 2 }], "$.layers[0]"],
    ["a residual that changes the shape", [9], [DENSE, residual({ type: "dense", units: 3 })], "$.layers[1]"],
    ["a misfit in a residual", [9], [residual(DENSE, CONV)], "$.layers[0].layers[1]"],
  ];
  for (const [what, input, layers, path] of unfit) {
    it(`names ${path} as the layer that cannot take its input's shape: ${what}`, () => {
      assert.equal(pathOf({ input, layers, loss: "softmaxCrossEntropy" }), `ENGINE_LAYER_SHAPE ${path}`);
    });
  }

  it("refuses residuals nested more than eight deep, however deep, before it recurses", () => {
    const nested = (depth: number): unknown => (depth === 0 ? CONV : residual(nested(depth - 1)));
    const value = (depth: number): unknown => ({ ...MLP, loss: "meanSquaredError", layers: [nested(depth)] });
    assert.equal(pathOf(value(9)), `ENGINE_ARCHITECTURE_MALFORMED $.layers[0]${".layers[0]".repeat(8)}.layers`);
    assert.equal(pathOf(value(5_000)), `ENGINE_ARCHITECTURE_MALFORMED $.layers[0]${".layers[0]".repeat(8)}.layers`);
    const fits = { ...CONV, filters: 1, padding: 1 };
    const inner = (depth: number): unknown => (depth === 0 ? fits : residual(inner(depth - 1)));
    assert.equal(pathOf({ ...MLP, loss: "meanSquaredError", layers: [inner(8)] }), "accepted");
  });

  it("refuses more parameters or activations than fit, before anything is allocated", () => {
    const wide = { type: "dense", units: 65_536 };
    assert.equal(
      pathOf(changed("layers", [{ type: "flatten" }, wide, wide])),
      "ENGINE_ARCHITECTURE_TOO_LARGE $.layers[2]",
    );
    const filters = [{ type: "conv2d", filters: 65_536, kernel: 28 }, { type: "flatten" }, DENSE];
    assert.equal(pathOf(changed("layers", filters)), "accepted");
    const padded = [{ type: "conv2d", filters: 65_536, kernel: 28, padding: 27 }];
    assert.equal(pathOf(changed("layers", padded)), "ENGINE_ARCHITECTURE_TOO_LARGE $.layers[0]");
    assert.throws(
      () => parseArchitecture(changed("input", [65_536, 65_536])),
      hasCode("ENGINE_ARCHITECTURE_TOO_LARGE"),
    );
  });
});
