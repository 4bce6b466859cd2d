/** Tests that browsers give Node's bits, and that the engine's bundle stays small. Skipped where there is no browser. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findBrowsers } from "./browsers.ts";
import { bundleEngine } from "./bundle.ts";
import { BUNDLE_GOAL_BYTES, describeBundle } from "./bundleText.ts";
import { expectHashes, runInBrowser } from "./compareBits.ts";

const bundle = await bundleEngine();
const browsers = findBrowsers(process.env.PATH ?? "");

describe("bundleEngine", () => {
  it("makes the engine with its kernels small enough for a page", (test) => {
    if (typeof bundle === "string") return test.skip(bundle);
    assert.ok(bundle.engineGzipBytes <= BUNDLE_GOAL_BYTES, describeBundle(bundle));
    test.diagnostic(describeBundle(bundle));
  });
});

describe("runInBrowser", () => {
  for (const name of ["Chromium", "Firefox"] as const) {
    it(`gets Node's weights from ${name}, with one thread and with two`, { timeout: 240_000 }, async (test) => {
      const browser = browsers.find((one) => one.name === name);
      if (browser === undefined) return test.skip(`${name} is not on the path`);
      if (typeof bundle === "string") return test.skip(bundle);
      using expectation = await expectHashes({ steps: 4, threads: [1, 2] });
      const result = await runInBrowser(browser, expectation, { bundle, limitSeconds: 200 });
      assert.equal(result.problem, undefined, "the page ran through");
      assert.ok(result.isIsolated, "the page may share memory");
      const actual = result.runs.map(({ model, threads, hash }) => ({ model, threads, hash }));
      const expected = expectation.job.models.flatMap(({ name: model }) =>
        expectation.job.threads.map((threads) => ({ model, threads, hash: expectation.hashes[model] })),
      );
      assert.deepEqual(actual, expected);
    });
  }
});
