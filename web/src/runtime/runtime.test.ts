/** What a runtime document must be, and what it must never smuggle in. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRuntime, RuntimeError } from "./runtime.ts";

const ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

const DOCUMENT = {
  schema: "cairn/web/v1",
  chain: { id: 31337, name: "Local chain", rpcUrl: "http://127.0.0.1:8545", isTestnet: true },
  deployedAtBlock: 0,
  contracts: {
    cairnToken: ADDRESS,
    nodeRegistry: ADDRESS,
    modelRegistry: ADDRESS,
    dataRegistry: ADDRESS,
    flContract: ADDRESS,
    disputeGame: ADDRESS,
    cohorts: ADDRESS,
    roundReports: ADDRESS,
    aggregateGame: ADDRESS,
  },
  content: { gateways: ["/ipfs/"], upload: "/content" },
  faucet: "/faucet",
};

const BASE = "http://127.0.0.1:7310";

function faultOf(change: object): string {
  try {
    parseRuntime({ ...DOCUMENT, ...change }, BASE);
  } catch (error) {
    assert.ok(error instanceof RuntimeError, String(error));
    return error.detail.path;
  }
  return assert.fail("it was accepted");
}

describe("parseRuntime", () => {
  it("makes addresses of paths absolute", () => {
    const runtime = parseRuntime(DOCUMENT, BASE);
    assert.deepEqual(runtime.content, { gateways: [`${BASE}/ipfs/`], upload: `${BASE}/content` });
    assert.equal(runtime.faucet, `${BASE}/faucet`);
    assert.equal(runtime.contracts.flContract, ADDRESS);
  });

  it("leaves out what a deployment does not offer", () => {
    const { faucet: _, ...without } = DOCUMENT;
    const runtime = parseRuntime({ ...without, content: { gateways: [] } }, BASE);
    assert.equal("faucet" in runtime, false);
    assert.equal("upload" in runtime.content, false);
  });

  it("names the first field that is wrong", () => {
    assert.equal(faultOf({ schema: "cairn/web/v2" }), "$.schema");
    assert.equal(faultOf({ chain: { ...DOCUMENT.chain, id: -1 } }), "$.chain.id");
    assert.equal(faultOf({ contracts: { ...DOCUMENT.contracts, flContract: "0x1" } }), "$.contracts.flContract");
    assert.equal(faultOf({ content: { gateways: "/ipfs/" } }), "$.content.gateways");
    assert.equal(faultOf({ content: { gateways: ["/ipfs/", 7] } }), "$.content.gateways[1]");
  });

  it("refuses addresses that would run as a script", () => {
    assert.equal(faultOf({ faucet: "javascript:alert(1)" }), "$.faucet");
    assert.equal(faultOf({ chain: { ...DOCUMENT.chain, explorerUrl: "data:text/html,x" } }), "$.chain.explorerUrl");
  });
});
