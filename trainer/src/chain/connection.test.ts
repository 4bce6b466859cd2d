import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "node:test";
import { ChainError } from "./chainError.ts";
import { connectChain } from "./connection.ts";
import { CONTRACT_NAMES, type Deployment, parseDeployment } from "./deployment.ts";

type Answer = (method: string) => unknown;

let server: Server | undefined;
afterEach(async () => {
  const open = server;
  server = undefined;
  open?.closeAllConnections();
  await new Promise((resolve) => (open === undefined ? resolve(undefined) : open.close(resolve)));
});

/** A JSON-RPC endpoint on loopback; `undefined` never answers. */
async function serve(answer: Answer): Promise<string> {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const calls = [JSON.parse(body)].flat() as { id: number; method: string }[];
      const results = calls.map(({ id, method }) => ({ jsonrpc: "2.0", id, result: answer(method) }));
      if (results.some(({ result }) => result === undefined)) return;
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify(body.startsWith("[") ? results : results[0]));
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const deploymentAt = (rpcUrl: string): Deployment => ({
  schema: "cairn/deployment/v1",
  chainId: 31_337,
  deployedAtBlock: 1,
  rpcUrl,
  contracts: Object.fromEntries(
    CONTRACT_NAMES.map((name, i) => [name, `0x${String(i + 1).padStart(40, "0")}`]),
  ) as Deployment["contracts"],
});
const signal = new AbortController().signal;
const refuses = (code: string) => (error: unknown) => error instanceof ChainError && error.code === code;

describe("connectChain", () => {
  it("connects where chain id and code are as the deployment says", async () => {
    const rpcUrl = await serve((method) => (method === "eth_chainId" ? "0x7a69" : "0x6001"));
    const chain = await connectChain({ deployment: deploymentAt(rpcUrl), signal });
    assert.equal(chain.rpcUrl, rpcUrl);
    assert.equal(chain.account, undefined);
  });
  it("names both chains when the RPC serves another one", async () => {
    const rpcUrl = await serve(() => "0x1");
    await assert.rejects(connectChain({ deployment: deploymentAt(rpcUrl), signal }), (error: unknown) => {
      assert.ok(error instanceof ChainError);
      assert.deepEqual(error.detail, { code: "CHAIN_WRONG_CHAIN", actual: 1, expected: 31_337 });
      return true;
    });
  });
  it("names the contract that is not there", async () => {
    const rpcUrl = await serve((method) => (method === "eth_chainId" ? "0x7a69" : "0x"));
    await assert.rejects(connectChain({ deployment: deploymentAt(rpcUrl), signal }), refuses("CHAIN_NOT_DEPLOYED"));
  });
  it("says so when nothing listens at the RPC's address", async () => {
    const rpcUrl = await serve(() => "0x1");
    await new Promise((resolve) => server!.close(resolve));
    server = undefined;
    await assert.rejects(connectChain({ deployment: deploymentAt(rpcUrl), signal }), refuses("CHAIN_RPC_UNREACHABLE"));
  });
  it("gives up on an RPC that accepts and never answers", async () => {
    const rpcUrl = await serve(() => undefined);
    const silent = connectChain({ deployment: deploymentAt(rpcUrl), signal, timeoutMs: 30 });
    await assert.rejects(silent, (error: unknown) => {
      assert.ok(error instanceof ChainError);
      assert.match(error.code, /CHAIN_TIMEOUT|CHAIN_RPC_UNREACHABLE/);
      return true;
    });
  });
  it("stops waiting when told to", async () => {
    const rpcUrl = await serve(() => undefined);
    const stop = new AbortController();
    const waiting = connectChain({ deployment: deploymentAt(rpcUrl), signal: stop.signal });
    stop.abort();
    await assert.rejects(waiting, refuses("CHAIN_ABORTED"));
  });
  it("refuses to sign without an account", async () => {
    const rpcUrl = await serve((method) => (method === "eth_chainId" ? "0x7a69" : "0x6001"));
    const chain = await connectChain({ deployment: deploymentAt(rpcUrl), signal });
    await assert.rejects(chain.send("flContract", "advance", [1n], { signal }), refuses("CHAIN_ACCOUNT_MISSING"));
  });
});

describe("parseDeployment", () => {
  const good = deploymentAt("http://127.0.0.1:8545");
  it("takes what the deploy script writes", () => assert.deepEqual(parseDeployment(structuredClone(good)), good));
  for (const [path, bad] of [
    ["$", null],
    ["$.schema", { ...good, schema: "cairn/deployment/v2" }],
    ["$.chainId", { ...good, chainId: "31337" }],
    ["$.deployedAtBlock", { ...good, deployedAtBlock: -1 }],
    ["$.rpcUrl", { ...good, rpcUrl: "nowhere" }],
    ["$.contracts", { ...good, contracts: [] }],
    ["$.contracts.flContract", { ...good, contracts: { ...good.contracts, flContract: "0x12" } }],
  ] as const) {
    it(`names ${path} when it is wrong`, () => {
      assert.throws(
        () => parseDeployment(bad),
        (error: unknown) => error instanceof ChainError && "path" in error.detail && error.detail.path === path,
      );
    });
  }
});
