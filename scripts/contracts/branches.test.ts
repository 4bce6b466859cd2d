import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MARKER, markBranches } from "./branches.ts";

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

contract Gate {
    error GateShut(uint256 hour);
    uint256 public passed;

    function pass(uint256 hour) external {
        require(hour > 8, GateShut(hour));
        if (hour > 17)
            if (hour > 20) passed += 3;
            else passed += 2;
        else if (hour == 12) { passed = 0; }
    }
}
`;

const markersOf = (text: string): readonly number[] =>
  text.split("\n").flatMap((line) => (line.includes(MARKER) ? [Number(line.split(MARKER)[1])] : []));

describe("markBranches", () => {
  const none = (): object => ({ error: "no imports here" });

  it("marks both arms of every if and both outcomes of every require, by the line they stand in", () => {
    const { "Gate.sol": marked = "" } = markBranches({ "Gate.sol": { content: SOURCE } }, none);
    assert.deepEqual(
      markersOf(marked).toSorted((a, b) => a - b),
      [9, 9, 10, 11, 11, 13, 13],
    );
  });

  it("leaves a contract that compiles, and whose ifs belong together as before", () => {
    const { "Gate.sol": marked = "" } = markBranches({ "Gate.sol": { content: SOURCE } }, none);
    const { "Gate.sol": twice = "" } = markBranches({ "Gate.sol": { content: marked } }, none);
    assert.ok(markersOf(twice).length > markersOf(marked).length, "it was parsed again");
    const order = [...marked.matchAll(/passed \+?= \d/g)].map(([statement]) => statement);
    assert.deepEqual(order, ["passed += 3", "passed += 2", "passed = 0"]);
  });
});
