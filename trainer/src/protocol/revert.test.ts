/** What a revert from one of our contracts becomes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Abi,
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  getAddress,
  type Hex,
} from "viem";
import { flContractAbi, nodeRegistryAbi } from "./generated/abi.ts";
import { decodeRevert, decodeRevertData, describeRevert, isRevertErrorName, revertErrorNames } from "./revert.ts";

const TRAINER = getAddress("0x00000000000000000000000000000000000a11ce");

/** As viem throws it from `simulateContract`. */
function thrown(data: Hex | undefined, message?: string): ContractFunctionExecutionError {
  const abi: Abi = flContractAbi;
  const reverted = new ContractFunctionRevertedError({
    abi,
    functionName: "join",
    ...(data === undefined ? {} : { data }),
    ...(message === undefined ? {} : { message }),
  });
  return new ContractFunctionExecutionError(reverted, { abi, functionName: "join", args: [1n] });
}

describe("decodeRevert", () => {
  it("names an error of the contract that was called, with its arguments", () => {
    const data = encodeErrorResult({
      abi: flContractAbi,
      errorName: "FLContractStakeTooLow",
      args: [TRAINER, 7n, 18n],
    });
    assert.deepEqual(decodeRevert(thrown(data)), { name: "FLContractStakeTooLow", args: [TRAINER, 7n, 18n] });
  });

  it("names an error of another contract that the called one calls", () => {
    const data = encodeErrorResult({
      abi: nodeRegistryAbi,
      errorName: "NodeRegistrySnapshotUnreadable",
      args: [4n, 6n],
    });
    assert.deepEqual(decodeRevert(thrown(data)), { name: "NodeRegistrySnapshotUnreadable", args: [4n, 6n] });
  });

  it("names an error of a library that is linked into the contract", () => {
    const data = encodeErrorResult({ abi: flContractAbi, errorName: "CommitteeSeedNotReady", args: [12n, 11n] });
    assert.deepEqual(decodeRevert(thrown(data)), { name: "CommitteeSeedNotReady", args: [12n, 11n] });
  });

  it("gives no name to a revert whose error it does not know, but keeps the reason", () => {
    assert.deepEqual(decodeRevert(thrown("0xdeadbeef")), { name: undefined, args: [] });
    assert.deepEqual(decodeRevert(thrown(undefined, "out of luck")), { name: undefined, args: ["out of luck"] });
  });

  it("leaves an error alone that is not about a revert", () => {
    assert.equal(decodeRevert(new Error("the RPC is down")), undefined);
    assert.equal(decodeRevert("text"), undefined);
  });
});

describe("decodeRevertData", () => {
  it("refuses bytes that no error of ours encodes to", () => {
    assert.equal(decodeRevertData("0x"), undefined);
    assert.equal(decodeRevertData("0xdeadbeef"), undefined);
  });
});

describe("describeRevert", () => {
  it("says for every error what happened and what to do, in sentences", () => {
    assert.ok(revertErrorNames.length > 80, "the catalogue holds all contracts' errors");
    for (const name of revertErrorNames) {
      const { what, next } = describeRevert(name);
      assert.match(what, /^[A-Z].*\.$/s, name);
      assert.match(next, /^[A-Z].*\.$/s, name);
    }
  });

  it("lists every name of the ABI, sorted", () => {
    assert.deepEqual([...revertErrorNames], [...revertErrorNames].sort());
    for (const entry of [...flContractAbi, ...nodeRegistryAbi]) {
      if (entry.type === "error") assert.ok(isRevertErrorName(entry.name), entry.name);
    }
    assert.equal(isRevertErrorName("toString"), false);
  });
});
