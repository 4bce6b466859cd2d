/** Proves that the check of file sizes fails one line above the limit, and only without a reason. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkFileSizes } from "./fileSizes.ts";
import { plantTree } from "./plantedTree.fixture.ts";

const lines = (count: number): string => "x;\n".repeat(count);

describe("checkFileSizes", () => {
  it("accepts files at their limit, and generated ones of any size", () => {
    const root = plantTree({
      "trainer/src/engine/a.ts": lines(250),
      "contracts/A.sol": lines(300),
      "trainer/src/engine/generated/kernels.ts": lines(2000),
    });
    assert.deepEqual(checkFileSizes(root), { checked: 2, faults: [] });
  });

  it("finds a file one line above its limit", () => {
    const root = plantTree({ "scripts/a.ts": lines(251), "test/contracts/A.t.sol": lines(301) });
    const advice = 'split it, or say why in its first comment ("Longer than …")';
    assert.deepEqual(checkFileSizes(root).faults, [
      `scripts/a.ts: 251 lines, the limit is 250: ${advice}`,
      `test/contracts/A.t.sol: 301 lines, the limit is 300: ${advice}`,
    ]);
  });

  it("accepts a reason in the first comment only", () => {
    const reason = "/** Longer than usual: one table. */\n";
    const root = plantTree({
      "scripts/a.ts": `${reason}${lines(300)}`,
      "scripts/b.ts": `/** Other. */\n${lines(300)}${reason}`,
      "contracts/A.sol": `// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\n\n/// @dev Longer than usual.\n${lines(300)}`,
    });
    assert.deepEqual(
      checkFileSizes(root).faults.map((fault) => fault.split(":")[0]),
      ["scripts/b.ts"],
    );
  });
});
