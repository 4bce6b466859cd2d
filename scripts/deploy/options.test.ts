import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DeployError } from "./deployError.ts";
import { parseCommand } from "./options.ts";

const ADMIN = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const GOOD = ["--network", "sepolia", "--rpc", "http://127.0.0.1:8545", "--keystore", "key.json", "--admin", ADMIN];

/** The option that is found fault with, or the code of another error. */
function fault(...args: readonly string[]): string {
  try {
    parseCommand(args);
    return "none";
  } catch (error) {
    assert.ok(error instanceof DeployError);
    return error.detail.code === "DEPLOY_USAGE" ? error.detail.option : error.code;
  }
}

describe("parseCommand", () => {
  it("takes a whole command", () => {
    const command = parseCommand([...GOOD, "--max-fee-gwei", "1.5", "--verify", "sourcify,blockscout"]);
    assert.equal(command?.plan.chainId, 11_155_111);
    assert.equal(command?.maxFeePerGas, 1_500_000_000n);
    assert.deepEqual(command?.verifiers, ["sourcify", "blockscout"]);
    assert.equal(command?.outFile, "deployments/sepolia.json");
    assert.equal(command?.isConfirmed, false);
  });

  it("refuses what is missing or contradicts itself", () => {
    assert.equal(fault("--rpc", "http://127.0.0.1:8545"), "network");
    assert.equal(fault("--network", "mainnet"), "DEPLOY_UNKNOWN_NETWORK");
    assert.equal(fault("--network", "sepolia"), "rpc");
    assert.equal(fault(...GOOD.slice(0, 4)), "keystore");
    assert.equal(fault(...GOOD.slice(0, 6)), "admin");
    assert.equal(fault(...GOOD, "--signer", "http://127.0.0.1:1248"), "signer");
    assert.equal(fault(...GOOD, "--verify", "somebody"), "verify");
    assert.equal(fault(...GOOD, "--max-fee-gwei", "0"), "max-fee-gwei");
  });

  it("refuses an administrator whose capitals don't add up", () => {
    assert.equal(fault(...GOOD.slice(0, 6), "--admin", ADMIN.toLowerCase()), "admin");
    assert.equal(fault(...GOOD.slice(0, 6), "--admin", ADMIN.replace("C8", "C9")), "admin");
  });

  it("keeps an RPC's key out of the record that everybody reads", () => {
    const withKey = GOOD.with(3, "https://rpc.example/v3/0123456789abcdef");
    assert.equal(fault(...withKey), "public-rpc");
    assert.equal(fault(...withKey, "--public-rpc", "https://rpc.example"), "none");
  });
});
