/**
 * Transactions of a real account on a real local chain: stuck, killed in between, taken back; and RPCs that fail or lie.
 *
 * Longer than 250 lines: all of it plays on one chain, which takes a while to come up.
 */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { type Hex, keccak256 } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { ChainError } from "../../trainer/src/chain/chainError.ts";
import { type Chain, type ConnectOptions, connectChain } from "../../trainer/src/chain/connection.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import type { Deployment } from "../../trainer/src/chain/deployment.ts";
import { drawnCommittees } from "../../trainer/src/chain/task.ts";
import { openOutbox, readOutbox } from "../../trainer/src/node/outbox.ts";
import { openRpcProxy, type RpcFault, type RpcProxy } from "../chaos/faults/rpcProxy.ts";
import { type DeployedChain, openDeployedChain } from "./support/deployedChain.ts";

/** First account of Hardhat's published development mnemonic. */
const ADMIN_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** Takes nothing but gas, and is taken again and again. */
const SPENDER = "0x00000000000000000000000000000000000000AA";

/** As the local chain's configuration has it. Unit: milliseconds. */
const BLOCK_MS = 250;

let local: DeployedChain | undefined;
const stopping = new AbortController();
const { signal } = stopping;
let folder = "";
let deployment: Deployment;
let admin: Chain;
const proxies: RpcProxy[] = [];
let connections: AbortController[] = [];

before(async () => {
  local = await openDeployedChain();
  ({ deployment, folder } = local);
  admin = await connectChain({ deployment, account: privateKeyToAccount(ADMIN_KEY), signal });
});

afterEach(async () => {
  for (const connection of connections) connection.abort();
  connections = [];
  await dev("evm_setAutomine", true);
  await dev("evm_setIntervalMining", BLOCK_MS);
  await dev("evm_mine");
});

after(async () => {
  stopping.abort();
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await local?.stop();
});

const dev = (method: string, ...params: unknown[]): Promise<unknown> =>
  admin.client.request({ method, params } as never);

async function proxied(fault?: RpcFault): Promise<RpcProxy> {
  const proxy = await openRpcProxy(deployment.rpcUrl, deployment, async () => "");
  proxy.disturb(fault);
  proxies.push(proxy);
  return proxy;
}

interface Node {
  readonly chain: Chain;
  readonly dataDir: string;
  /** As a kill: it looks at nothing any more, and what is on disk stays. */
  die(): void;
}

async function rich(): Promise<Hex> {
  const key = generatePrivateKey();
  await dev("hardhat_setBalance", privateKeyToAccount(key).address, "0xde0b6b3a7640000");
  return key;
}

/** A process of its own, as far as the connection knows. */
async function open(key: Hex, dataDir: string, options: Partial<ConnectOptions> = {}): Promise<Node> {
  const life = new AbortController();
  connections.push(life);
  const chain = await connectChain({
    ...{ deployment, account: privateKeyToAccount(key), signal: life.signal, pollingMs: 30 },
    ...{ transactions: openOutbox(dataDir), ...options },
  });
  return { chain, dataDir, die: () => life.abort() };
}

const approve = (chain: Chain, amount: bigint, bound = signal) =>
  chain.send("cairnToken", "approve", [SPENDER, amount], { signal: bound });

const allowance = (chain: Chain): Promise<bigint> =>
  admin.read("cairnToken", "allowance", [chain.account!.address, SPENDER], { signal });

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const untilMs = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > untilMs) throw new Error(`not in time: ${what}`);
    await pause(20, signal);
  }
}

const nonceOf = (chain: Chain): Promise<number> =>
  admin.client.getTransactionCount({ address: chain.account!.address });

describe("a transaction", () => {
  it("that is stuck goes out again 12.5 % dearer under its nonce, and no dearer than its cap", async () => {
    const proxy = await proxied();
    const notices: string[] = [];
    const key = await rich();
    const { chain } = await open(key, join(folder, "stuck"), {
      ...{ rpcUrl: proxy.url, bumpAfterMs: 300, maxFeeWei: 4n * 10n ** 9n },
      onNotice: ({ code }) => notices.push(code),
    });
    await dev("evm_setAutomine", false);
    await dev("evm_setIntervalMining", 0);
    const sending = approve(chain, 7n);
    await until(() => notices.includes("CHAIN_FEE_CAP_REACHED"), "the cap");
    const { attempts, nonce } = chain.transactions()[0]!;
    assert.ok(attempts.length >= 2, `${attempts.length} copies`);
    for (const [i, { maxFeePerGas: fee, maxPriorityFeePerGas: tip }] of attempts.entries()) {
      assert.ok(fee <= 4n * 10n ** 9n);
      if (i === 0) continue;
      assert.ok(fee * 1_000n >= attempts[i - 1]!.maxFeePerGas * 1_125n, "12.5 % more");
      assert.ok(tip * 1_000n >= attempts[i - 1]!.maxPriorityFeePerGas * 1_125n, "12.5 % more tip");
    }
    assert.deepEqual([...new Set(proxy.sent.map((sent) => sent.nonce))], [nonce], "one nonce");
    await dev("evm_mine");
    const { transactionHash } = await sending;
    assert.equal(transactionHash, attempts.at(-1)!.hash, "the dearest was mined");
    assert.equal(await nonceOf(chain), 1);
    assert.equal(await allowance(chain), 7n);
  });

  it("is not signed while gas costs more than the cap", async () => {
    const dataDir = join(folder, "capped");
    const { chain } = await open(await rich(), dataDir, { maxFeeWei: 1n });
    await assert.rejects(
      approve(chain, 1n),
      (error: unknown) => error instanceof ChainError && error.code === "CHAIN_FEE_CAP_REACHED",
    );
    assert.deepEqual(chain.transactions(), []);
  });

  it("of a process that was killed between signing and sending is sent as it was signed, once", async () => {
    const key = await rich();
    const dataDir = join(folder, "killed");
    const deaf = await proxied(async ({ method }, forward) =>
      method === "eth_sendRawTransaction" ? undefined : forward(),
    );
    const first = await open(key, dataDir, { rpcUrl: deaf.url });
    const dying = new AbortController();
    const sending = approve(first.chain, 9n, dying.signal);
    sending.catch(() => {});
    await until(() => deaf.sent.length > 0, "it was signed");
    const [kept] = first.chain.transactions();
    dying.abort();
    first.die();
    assert.equal(await nonceOf(first.chain), 0, "nothing has reached the chain");
    await releaseLock(dataDir);

    const proxy = await proxied();
    const second = await open(key, dataDir, { rpcUrl: proxy.url });
    const receipt = await approve(second.chain, 9n);
    assert.equal(receipt.transactionHash, kept!.attempts[0]!.hash, "the same bytes");
    assert.deepEqual([...new Set(proxy.sent.map(({ hash }) => hash))], [keccak256(kept!.attempts[0]!.raw)]);
    assert.equal(await nonceOf(second.chain), 1, "and no other transaction");
    assert.equal(await allowance(second.chain), 9n);
  });

  it("of a process that was killed goes before whatever the next one sends", async () => {
    const key = await rich();
    const dataDir = join(folder, "before");
    const deaf = await proxied(async ({ method }, forward) =>
      method === "eth_sendRawTransaction" ? undefined : forward(),
    );
    const first = await open(key, dataDir, { rpcUrl: deaf.url });
    const dying = new AbortController();
    approve(first.chain, 1n, dying.signal).catch(() => {});
    await until(() => deaf.sent.length > 0, "it was signed");
    dying.abort();
    first.die();
    await releaseLock(dataDir);
    const second = await open(key, dataDir);
    const receipt = await approve(second.chain, 2n);
    const mined = await admin.client.getTransaction({ hash: receipt.transactionHash });
    assert.equal(mined.nonce, 1);
    assert.equal(await nonceOf(second.chain), 2, "both, in order");
    assert.equal(await allowance(second.chain), 2n);
  });

  it("whose block is taken back is sent again as it was", async () => {
    const key = await rich();
    const dataDir = join(folder, "reorg");
    const { chain } = await open(key, dataDir);
    const snapshot = await dev("evm_snapshot");
    const { transactionHash } = await approve(chain, 5n);
    assert.equal(chain.transactions()[0]?.state, "included");
    await dev("evm_revert", snapshot);
    assert.equal(await allowance(chain), 0n, "taken back");
    await dev("evm_mine"); // a new head
    await until(async () => (await allowance(chain)) === 5n, "it is mined again");
    await until(() => chain.transactions()[0]?.state === "included", "it knows");
    assert.equal(chain.transactions()[0]!.inclusion!.hash, transactionHash);
    assert.equal(await nonceOf(chain), 1);
  });

  it("waits while another process has one of the account on its way", async () => {
    const key = await rich();
    const dataDir = join(folder, "two");
    const [one, other] = [await open(key, dataDir), await open(key, dataDir)];
    await Promise.all([approve(one.chain, 1n), approve(other.chain, 2n), approve(one.chain, 3n)]);
    assert.equal(await nonceOf(one.chain), 3, "three nonces, none twice");
  });

  it("is forgotten when it is final", async () => {
    const dataDir = join(folder, "final");
    const { chain } = await open(await rich(), dataDir);
    await approve(chain, 1n);
    assert.equal(chain.transactions().length, 1);
    await dev("hardhat_mine", "0x50");
    await until(() => chain.transactions().length === 0, "it is final");
  });
});

/** What a kill does: the lock's process is this one, which lives on. */
async function releaseLock(dataDir: string): Promise<void> {
  const { readdir } = await import("node:fs/promises");
  for (const name of await readdir(join(dataDir, "outbox"))) {
    const path = join(dataDir, "outbox", name);
    assert.equal((await readOutbox(path)).length, 1, "it is on disk");
    await rm(join(path, "node.lock"), { force: true });
  }
}

describe("several RPCs", () => {
  it("stand in for one that dies", async () => {
    const [first, second] = [await proxied(), await proxied()];
    const { chain } = await open(await rich(), join(folder, "failover"), { rpcUrl: `${first.url},${second.url}` });
    await approve(chain, 1n);
    first.disturb(async () => undefined);
    await approve(chain, 2n);
    assert.equal(await allowance(chain), 2n);
    const [dead, alive] = chain.endpoints();
    assert.equal(dead!.setAside, "does not answer");
    assert.equal(alive!.isUsed, true);
  });

  it("outvote one that lies about events, and one that lies about the head", async () => {
    const liesAboutLogs: RpcFault = async ({ method }, forward) =>
      method === "eth_getLogs" ? { result: [] } : forward();
    const liesAboutHead: RpcFault = async ({ method }, forward) => {
      const answer = await forward();
      if (method !== "eth_getBlockByNumber" || answer.result === null) return answer;
      return { result: { ...(answer.result as object), hash: `0x${"66".repeat(32)}` } };
    };
    for (const lie of [liesAboutLogs, liesAboutHead]) {
      const notices: string[] = [];
      const urls = [await proxied(lie), await proxied(), await proxied()].map(({ url }) => url);
      const key = await rich();
      const { chain } = await open(key, join(folder, `liar-${urls[0]!.slice(-5)}`), {
        rpcUrl: urls.join(","),
        onNotice: ({ message }) => notices.push(message),
      });
      await approve(chain, 3n);
      const head = await chain.client.getBlock();
      assert.equal(head.hash, (await admin.client.getBlock({ blockNumber: head.number })).hash);
      const where = { fromBlock: 0n, toBlock: head.number };
      await drawnCommittees(chain, where, { signal });
      const told = await chain.client.getLogs({ ...where, address: deployment.contracts.cairnToken });
      const truth = await admin.client.getLogs({ ...where, address: deployment.contracts.cairnToken });
      assert.equal(told.length, truth.length);
      assert.ok(told.length > 0);
      // Told once it happened; whether it still is set aside is a matter of the time since.
      assert.match(notices.join("\n"), /tells what the others do not: the others are asked for a while/);
    }
  });

  it("move no money while two of two disagree", async () => {
    const liar: RpcFault = async ({ method }, forward) => {
      const answer = await forward();
      if (method !== "eth_getBlockByNumber" || answer.result === null) return answer;
      return { result: { ...(answer.result as object), hash: `0x${"66".repeat(32)}` } };
    };
    const urls = [await proxied(liar), await proxied()].map(({ url }) => url);
    const { chain } = await open(await rich(), join(folder, "tie"), { rpcUrl: urls.join(",") });
    await assert.rejects(
      approve(chain, 1n),
      (error: unknown) => error instanceof ChainError && error.code === "CHAIN_RPC_DISAGREE",
    );
    assert.equal(await nonceOf(chain), 0);
  });
});
