/** Tests of the options of `npm run bench:engine`. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptions } from "./options.ts";

describe("parseOptions", () => {
  it("measures everything by default, on one and two threads", () => {
    const options = parseOptions([], {});
    assert.ok(typeof options !== "string");
    assert.deepEqual(options.models, ["mlp", "lenet", "cnn", "transformer"]);
    assert.deepEqual([options.threads, options.rounds, options.hashSteps], [[1, 2], 7, [1, 5, 50]]);
    assert.deepEqual([options.json, options.tfjs], [undefined, undefined]);
  });

  it("takes lists, and a Python and a folder from the environment", () => {
    const env = { CAIRN_BENCH_PYTHON: "/opt/python", CAIRN_BENCH_TFJS: "/opt/tfjs" };
    const options = parseOptions(["--models", "cnn,mlp", "--threads", "4", "--quick", "--rounds", "3"], env);
    assert.ok(typeof options !== "string");
    assert.deepEqual([options.models, options.threads, options.rounds], [["cnn", "mlp"], [4], 3]);
    assert.deepEqual([options.pythons, options.tfjs], [["/opt/python"], "/opt/tfjs"]);
  });

  it("says what is wrong", () => {
    assert.match(parseOptions(["--models", "vgg"], {}) as string, /no model "vgg"/);
    assert.match(parseOptions(["--engines", "wasm,jax"], {}) as string, /no engine "jax"/);
    assert.match(parseOptions(["--threads", "0"], {}) as string, /whole numbers/);
    assert.match(parseOptions(["--seconds", "soon"], {}) as string, /above 0/);
    assert.match(parseOptions(["--colour"], {}) as string, /--colour/);
  });
});
