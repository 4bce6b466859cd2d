import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "node:test";
import { type Hex, keccak256, parseTransaction } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { CONTRACT_NAMES } from "../protocol/contractNames.ts";
import { ChainError } from "./chainError.ts";
import { connectChain } from "./connection.ts";
import { pause } from "./deadline.ts";
import { type Deployment, parseDeployment } from "./deployment.ts";

type Answer = (method: string, params: readonly unknown[]) => unknown;

/** The answer of an RPC that does not know the method. */
const UNKNOWN = Symbol("unknown method");

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
      const calls = [JSON.parse(body)].flat() as { id: number; method: string; params: unknown[] }[];
      const results = calls.map(({ id, method, params }) => {
        const result = answer(method, params);
        return result === UNKNOWN
          ? { jsonrpc: "2.0", id, error: { code: -32_601, message: `no ${method} here` } }
          : { jsonrpc: "2.0", id, result };
      });
      if (results.some((said) => "result" in said && said.result === undefined)) return;
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
  it("sends nothing while something of the account waits in the pool, of which a process before it may know", async () => {
    let asked = 0;
    let sentAfter: number | undefined;
    const rpcUrl = await serve((method) => {
      if (method === "eth_getTransactionCount") return asked++ < 6 && asked % 2 === 0 ? "0x5" : "0x4";
      if (method === "eth_estimateGas") {
        sentAfter ??= asked;
        return UNKNOWN;
      }
      return method === "eth_chainId" ? "0x7a69" : "0x6001";
    });
    const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
    const chain = await connectChain({ deployment: deploymentAt(rpcUrl), account, signal, pollingMs: 5 });
    await assert.rejects(chain.send("flContract", "advance", [1n], { signal }));
    assert.ok(
      sentAfter !== undefined && sentAfter >= 8,
      `three looks found one waiting, the fourth none: ${sentAfter}`,
    );
  });
  it("refuses to sign without an account", async () => {
    const rpcUrl = await serve((method) => (method === "eth_chainId" ? "0x7a69" : "0x6001"));
    const chain = await connectChain({ deployment: deploymentAt(rpcUrl), signal });
    await assert.rejects(chain.send("flContract", "advance", [1n], { signal }), refuses("CHAIN_ACCOUNT_MISSING"));
  });
});

describe("send", () => {
  /** A chain that takes every transaction and includes none before it is told to. */
  async function openSlowChain() {
    const seen = { nonces: [] as number[], isIncluding: false };
    const take = ([raw]: readonly unknown[]): Hex => {
      const { nonce = 0 } = parseTransaction(raw as Hex);
      if (!seen.nonces.includes(nonce)) seen.nonces.push(nonce); // the same bytes may come again
      return keccak256(raw as Hex);
    };
    const answers: Readonly<Record<string, (params: readonly unknown[]) => unknown>> = {
      eth_chainId: () => "0x7a69",
      eth_getCode: () => "0x6001",
      eth_estimateGas: () => "0x5208",
      eth_maxPriorityFeePerGas: () => "0x1",
      eth_getTransactionCount: () => `0x${seen.nonces.length.toString(16)}`,
      eth_getBlockByNumber: () => ({
        baseFeePerGas: "0x1",
        hash: `0x${"ab".repeat(32)}`,
        number: "0x1",
        timestamp: "0x1",
        transactions: [],
      }),
      eth_sendRawTransaction: take,
      eth_getTransactionReceipt: () =>
        seen.isIncluding ? { status: "0x1", logs: [], blockNumber: "0x1", blockHash: `0x${"ab".repeat(32)}` } : null,
    };
    const rpcUrl = await serve((method, params) => {
      return method in answers ? answers[method]!(params) : UNKNOWN;
    });
    const account = privateKeyToAccount(`0x${"1".repeat(64)}`);
    return { seen, chain: await connectChain({ deployment: deploymentAt(rpcUrl), account, signal, pollingMs: 5 }) };
  }
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await pause(5, signal);
  };

  it("hands over what overlaps before the one before is included, and anything else after it", async () => {
    const { chain, seen } = await openSlowChain();
    const together = [1n, 2n, 3n].map((id) => chain.send("flContract", "advance", [id], { signal, overlaps: true }));
    const after = chain.send("flContract", "advance", [4n], { signal });
    const last = chain.send("flContract", "advance", [5n], { signal, overlaps: true });
    await until(() => seen.nonces.length === 3);
    await pause(100, signal);
    assert.deepEqual(seen.nonces, [0, 1, 2], "each with the next nonce, and no more than these");
    seen.isIncluding = true;
    await Promise.all([...together, after, last]);
    assert.equal(seen.nonces.length, 5);
  });
  it("waits for one before it hands over the next where they do not overlap", async () => {
    const { chain, seen } = await openSlowChain();
    const sent = [1n, 2n].map((id) => chain.send("flContract", "advance", [id], { signal }));
    await until(() => seen.nonces.length === 1);
    await pause(100, signal);
    assert.equal(seen.nonces.length, 1);
    seen.isIncluding = true;
    await Promise.all(sent);
    assert.equal(seen.nonces.length, 2);
  });
});

describe("parseDeployment", () => {
  it("names the contract that a record lacks, such as one from before there were reports of rounds", () => {
    const whole = deploymentAt("http://127.0.0.1:1");
    assert.deepEqual(parseDeployment(whole), whole);
    const { roundReports: _, ...older } = whole.contracts;
    assert.throws(
      () => parseDeployment({ ...whole, contracts: older }),
      (error: unknown) => {
        return (
          refuses("CHAIN_DEPLOYMENT_MALFORMED")(error) && /\$\.contracts\.roundReports/.test((error as Error).message)
        );
      },
    );
  });

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
