import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import type { Hex, TransactionReceipt } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { TaggedError } from "../../protocol/errors.ts";
import { ChainError } from "../chainError.ts";
import type { ChainNotice } from "../notice.ts";
import type { KeyChain } from "./keyChain.ts";
import { createSender, type Sender, type SenderOptions } from "./sender.ts";
import { memoryStore, type TransactionStore } from "./transactionStore.ts";

const account = privateKeyToAccount(`0x${"11".repeat(32)}`);
const TO = `0x${"22".repeat(20)}` as const;
const block = (number: bigint): Hex => `0x${number.toString(16).padStart(64, "0")}`;

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

/** A chain that mines what it is offered, and counts what it is asked. */
class MiningChain {
  readonly asked: string[] = [];
  readonly mined: Hex[] = [];
  number = 100n;
  /** What a receipt's question does instead of being answered. */
  fault: (() => void) | undefined;

  asKeyChain(): KeyChain {
    const note = <T>(name: string, answer: () => T | Promise<T>): Promise<T> => {
      this.asked.push(name);
      return Promise.resolve().then(answer);
    };
    return {
      genesisHash: () => note("genesisHash", () => block(0n)),
      minedCount: () => note("minedCount", () => this.mined.length),
      counts: () => note("counts", () => ({ mined: this.mined.length, known: this.mined.length })),
      head: () =>
        note("head", () => {
          const hash = block(this.number);
          return { number: this.number, hash, parentHash: block(this.number - 1n), baseFeePerGas: 7n };
        }),
      hashAt: (number) => note("hashAt", () => block(number)),
      tip: () => note("tip", () => 1n),
      gasPrice: () => note("gasPrice", () => 8n),
      receipt: (hash) =>
        note("receipt", () => {
          this.fault?.();
          if (this.mined.length === 0) return undefined;
          const told = { transactionHash: hash, blockNumber: 100n, blockHash: block(100n), status: "success" };
          return told as unknown as TransactionReceipt;
        }),
      offer: (raw) => note("offer", () => void this.mined.push(raw)),
      wouldTake: () => note("wouldTake", () => true),
      finalBlock: (head) => note("finalBlock", () => head - 64n),
    };
  }
}

function open(chain: MiningChain, options: Partial<SenderOptions> = {}) {
  const notices: ChainNotice[] = [];
  const sender = createSender({
    ...{ chain: chain.asKeyChain(), account, chainId: 1, isLocal: true, store: memoryStore(), pollingMs: 5 },
    ...{ maxFeeWei: 100n, bumpAfterMs: 60_000, signal: stop.signal, onNotice: (notice) => notices.push(notice) },
    ...options,
  });
  return { sender, notices };
}

const send = (sender: Sender, data: Hex = "0x01") =>
  sender.handOver({ call: "a.b", to: TO, data, overlaps: false, estimate: async () => 21_000n }, stop.signal);

const failed = (error: unknown): boolean =>
  error instanceof ChainError && error.code === "CHAIN_SENDER_FAILED" && error.cause instanceof TypeError;

describe("createSender", () => {
  it("waits for the receipt while the RPC is away", async () => {
    const chain = new MiningChain();
    let outages = 3;
    chain.fault = () => {
      if (outages-- > 0) throw new ChainError({ code: "CHAIN_RPC_UNREACHABLE", rpcUrl: "x" }, "does not answer");
    };
    const { sender, notices } = open(chain);
    const { included } = await send(sender);
    assert.equal((await included).status, "success");
    assert.deepEqual(notices, []);
  });

  it("tells whoever waits, and the operator, of a mistake of its own; the same bytes are followed after it", async () => {
    const chain = new MiningChain();
    chain.fault = () => {
      throw new TypeError("undefined is not iterable");
    };
    const { sender, notices } = open(chain);
    const { nonce, included } = await send(sender);
    await assert.rejects(included, failed);
    assert.deepEqual(
      notices.map(({ code }) => code),
      ["CHAIN_SENDER_FAILED"],
    );
    assert.match(notices[0]!.message, /TypeError: undefined is not iterable/);
    assert.equal(sender.records()[0]?.state, "sent", "it is not forgotten");
    chain.fault = undefined;
    const again = await send(sender);
    assert.equal(again.nonce, nonce);
    await again.included;
    assert.equal(chain.mined.length, 1, "and nothing else was signed");
  });

  it("does not let a call wait for ever behind one that nobody can look at", { timeout: 5_000 }, async () => {
    const chain = new MiningChain();
    chain.fault = () => {
      throw new TypeError("undefined is not iterable");
    };
    const { sender } = open(chain);
    const { nonce, included } = await send(sender);
    await assert.rejects(included, failed);
    sender.abandon(nonce);
    await assert.rejects(send(sender, "0x02"), failed);
  });

  /** Its disk fails, or its code does, once the transaction has left. */
  const failing = (error: Error): TransactionStore => ({
    ...memoryStore(),
    async put({ state }) {
      if (state === "sent") throw error;
    },
  });

  it("goes on without a disk once the transaction has left", async () => {
    class DiskError extends TaggedError<{ readonly code: "DISK_FULL" }> {}
    const { sender, notices } = open(new MiningChain(), {
      store: failing(new DiskError({ code: "DISK_FULL" }, "full")),
    });
    assert.equal((await (await send(sender)).included).status, "success");
    assert.deepEqual(notices, []);
  });

  it("tells of a store that is broken", async () => {
    const { sender } = open(new MiningChain(), { store: failing(new TypeError("path is undefined")) });
    await assert.rejects(send(sender), failed);
  });

  it("asks the chain for little: six questions a transaction, its receipt and its estimate apart", async () => {
    const chain = new MiningChain();
    const { sender } = open(chain);
    for (const data of ["0x01", "0x02", "0x03", "0x04"] as const) await (await send(sender, data)).included;
    const asked = chain.asked.filter((name) => name !== "receipt");
    const count = (name: string): number => asked.filter((other) => other === name).length;
    assert.deepEqual(["counts", "tip", "offer"].map(count), [4, 4, 4], asked.join());
    assert.ok(asked.length <= 4 * 6, asked.join());
  });
});
