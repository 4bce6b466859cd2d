/** Proves that the check of Solidity test names fails on planted faults. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plantTree } from "./plantedTree.fixture.ts";
import { checkTestNames } from "./testNames.ts";

const FILE = "test/contracts/unit/Vault.t.sol";

function check(...functions: readonly string[]): ReturnType<typeof checkTestNames> {
  const body = functions.map((text) => `    function ${text}\n    }\n`).join("\n");
  return checkTestNames(plantTree({ [FILE]: `contract Vault_Test {\n${body}}\n` }));
}

describe("checkTestNames", () => {
  it("accepts names that say function, condition and outcome", () => {
    const result = check(
      "test_stake_succeeds() public {",
      "testFuzz_stake_aboveLimit_reverts(uint256 a) public {\n        vm.expectRevert();",
      "invariant_solvency() public view {",
      "_helper() internal {\n        vm.expectRevert();",
    );
    assert.deepEqual(result, { checked: 3, faults: [] });
  });

  for (const name of [
    "testStake",
    "test_stake",
    "test_Stake_succeeds",
    "test_a_b_c_d",
    "testfuzz_a_b",
    "invariantSolvency",
  ]) {
    it(`finds the name ${name}`, () => {
      const fault = `${FILE}: ${name} is not test[Fuzz]_function[_condition]_outcome`;
      assert.deepEqual(check(`${name}() public {`).faults, [fault]);
    });
  }

  it("finds a test that expects a revert under another name", () => {
    const { faults } = check("test_stake_fails() public {\n        vm.expectRevert(Vault.Empty.selector);");
    assert.deepEqual(faults, [`${FILE}: test_stake_fails expects a revert but does not end in _reverts`]);
  });

  it("lets a test that looks at more after a revert be named by that", () => {
    const body = "vm.expectPartialRevert(Vault.Empty.selector);\n        _assertEq(vault.paid(), 1);";
    assert.deepEqual(check(`test_withdraw_twice_paysOnce() public {\n        ${body}`).faults, []);
  });

  it("takes a helper that expects a revert for one that does", () => {
    assert.deepEqual(check("test_stake_twice_reverts() public {\n        _expectRefused(1);").faults, []);
  });

  it("finds a name that promises a revert nobody expects", () => {
    const { faults } = check(
      "test_stake_reverts() public {",
      "test_next_expects_reverts() public {\n        vm.expectRevert();",
    );
    assert.deepEqual(faults, [`${FILE}: test_stake_reverts expects no revert but ends in _reverts`]);
  });
});
