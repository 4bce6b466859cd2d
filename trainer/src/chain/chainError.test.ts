import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BaseError, HttpRequestError, InsufficientFundsError, RpcRequestError } from "viem";
import { HexError } from "../protocol/hex.ts";
import { ChainError, wrapChainError } from "./chainError.ts";

const CALL = { doing: "flContract.join", rpcUrl: "http://127.0.0.1:1", account: "0xabc" };

function codeOf(error: unknown): string {
  const wrapped = wrapChainError(error, CALL);
  assert.ok(wrapped instanceof ChainError);
  assert.equal(wrapped.cause, error, "the cause is kept");
  return wrapped.code;
}

describe("wrapChainError", () => {
  it("says that the account has no ether, in viem's words and in Hardhat's", () => {
    const hardhat = new RpcRequestError({
      body: {},
      url: CALL.rpcUrl,
      error: { code: -32000, message: "Sender doesn't have enough funds to send tx. The max upfront cost is: 7" },
    });
    assert.equal(codeOf(new InsufficientFundsError()), "CHAIN_INSUFFICIENT_FUNDS");
    assert.equal(codeOf(new BaseError("outer", { cause: hardhat })), "CHAIN_INSUFFICIENT_FUNDS");
  });
  it("says that the RPC is not there", () => {
    assert.equal(codeOf(new HttpRequestError({ url: CALL.rpcUrl })), "CHAIN_RPC_UNREACHABLE");
  });
  it("gives any other refusal of the RPC its own words", () => {
    const wrapped = wrapChainError(new BaseError("short", { details: "nonce too low" }), CALL);
    assert.ok(wrapped instanceof ChainError);
    assert.equal(wrapped.code, "CHAIN_RPC_REFUSED");
    assert.match(wrapped.message, /flContract\.join: nonce too low/);
  });
  it("names the RPC without the keys that its URL may hold", () => {
    const call = { ...CALL, rpcUrl: "https://user:s3cret@rpc.example/v2/k3y?token=t0ken" };
    const wrapped = wrapChainError(new HttpRequestError({ url: call.rpcUrl }), call);
    assert.ok(wrapped instanceof ChainError);
    assert.doesNotMatch(`${wrapped.message}${JSON.stringify(wrapped.detail)}`, /s3cret|k3y|t0ken/);
    assert.match(wrapped.message, /https:\/\/rpc\.example/);
  });
  it("takes an answer that nobody expected for a refusal, since it must not end a node", () => {
    assert.equal(codeOf(new TypeError("Cannot convert null to a BigInt")), "CHAIN_RPC_REFUSED");
  });
  it("leaves our own errors as they are", () => {
    const own = new HexError({ code: "HEX_MALFORMED", text: "x" }, "no");
    assert.equal(wrapChainError(own, CALL), own);
  });
});
