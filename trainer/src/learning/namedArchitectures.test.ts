/** Tests of the named architectures: which names there are, and what sizes they get from the data. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namedArchitecture } from "./namedArchitectures.ts";

const MNIST = { input: [28, 28, 1], classes: 10 };

describe("namedArchitecture", () => {
  it("builds a network of dense layers with relu between", () => {
    assert.deepEqual(namedArchitecture("mlp:64,32", MNIST)?.layers, [
      { type: "flatten" },
      { type: "dense", units: 64 },
      { type: "relu" },
      { type: "dense", units: 32 },
      { type: "relu" },
      { type: "dense", units: 10 },
    ]);
    assert.deepEqual(namedArchitecture("linear", { input: [4], classes: 3 })?.layers, [{ type: "dense", units: 3 }]);
  });

  it("builds LeNet-5 and a convolutional network that pools after every second convolution", () => {
    const kinds = (name: string, input: number[]): string[] =>
      namedArchitecture(name, { input, classes: 10 })!.layers.map(({ type }) => type);
    const group = ["conv2d", "relu", "maxPool"];
    const dense = ["dense", "relu"];
    assert.deepEqual(kinds("lenet5", [28, 28, 1]), [...group, ...group, "flatten", ...dense, ...dense, "dense"]);
    const pair = ["conv2d", "relu", ...group];
    assert.deepEqual(kinds("cnn:32,32,64,64", [32, 32, 3]), [...pair, ...pair, "flatten", ...dense, "dense"]);
    assert.deepEqual(kinds("cnn:8:16", [8, 8, 1]), ["conv2d", "relu", "flatten", ...dense, "dense"]);
  });

  it("gives a transformer a head for every 32 units unless its name says how many", () => {
    const headsOf = (name: string): unknown =>
      JSON.stringify(namedArchitecture(name, { input: [64], classes: 96 })).match(/"heads":\d+/g);
    assert.deepEqual(headsOf("transformer:2x128"), ['"heads":4', '"heads":4']);
    assert.deepEqual(headsOf("transformer:1x128x8"), ['"heads":8']);
  });

  it("knows no other name", () => {
    for (const name of [
      "",
      "lenet",
      "lenet5:3",
      "mlp",
      "mlp:",
      "mlp:12,",
      "cnn",
      "cnn:8:",
      "transformer:2",
      "linear:1",
    ]) {
      assert.equal(namedArchitecture(name, MNIST), undefined, name);
    }
  });

  it("refuses data that the pools make nothing of", () => {
    assert.throws(() => namedArchitecture("lenet5", { input: [4, 4, 1], classes: 10 }), { name: "EngineError" });
  });
});
