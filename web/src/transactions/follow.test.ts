import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flContractAbi, nodeRegistryAbi } from "@cairn/trainer/protocol/generated/abi";
import { encodeErrorResult, type Hex } from "viem";
import { type Rpc, RpcError } from "../index/follow/rpc.ts";
import { type Activity, startActivity } from "./activity.ts";
import { createActivityStore } from "./activityStore.ts";
import { failureOf } from "./failureOf.ts";
import { followOnce } from "./follow.ts";
import { isRejection, isUnsupported } from "./walletError.ts";

const ACCOUNT = "0x00000000000000000000000000000000000000A1";
const CONTRACT = "0x00000000000000000000000000000000000000C1";
const OURS = `0x${"11".repeat(32)}` as const;
const OTHER = `0x${"22".repeat(32)}` as const;
const REQUEST = { to: CONTRACT, data: "0x1234", nonce: 7 } as const;

interface Mined {
  readonly hash: Hex;
  readonly nonce: number;
  readonly block: number;
  readonly data?: Hex;
  readonly status?: Hex;
}

/** A node with one account, head at block 100. */
function nodeWith({
  mined = [],
  pool = [],
}: {
  readonly mined?: readonly Mined[];
  readonly pool?: readonly Hex[];
}): Rpc {
  const hex = (value: number): Hex => `0x${value.toString(16)}`;
  const countAt = (block: number) =>
    mined.filter((it) => it.block <= block).reduce((max, it) => Math.max(max, it.nonce + 1), 0);
  return {
    request: async (method, [first, second]) => {
      switch (method) {
        case "eth_blockNumber":
          return hex(100);
        case "eth_getTransactionReceipt": {
          const found = mined.find(({ hash }) => hash === first);
          if (found === undefined) return null;
          const { block, status = "0x1" } = found;
          return { blockNumber: hex(block), status, gasUsed: "0x10", effectiveGasPrice: "0x2" };
        }
        case "eth_getTransactionCount":
          return hex(countAt(second === "latest" ? 100 : Number(second)));
        case "eth_getTransactionByHash":
          return pool.includes(first as Hex) ? { hash: first } : null;
        case "eth_getBlockByNumber": {
          const inside = mined.filter(({ block }) => block === Number(first));
          return {
            transactions: inside.map(({ hash, nonce, data = REQUEST.data }) => {
              return { hash, from: ACCOUNT.toLowerCase(), to: CONTRACT.toLowerCase(), input: data, nonce: hex(nonce) };
            }),
          };
        }
        case "eth_call": {
          const data = encodeErrorResult({
            abi: nodeRegistryAbi,
            errorName: "NodeRegistryZeroAmount",
            args: [ACCOUNT],
          });
          throw new RpcError({ code: "CHAIN_RPC_REFUSED", rpcCode: 3, data }, "execution reverted");
        }
        default:
          throw new TypeError(method);
      }
    },
  };
}

async function look(rpc: Rpc, news: Partial<Activity>, { nowMs = 10_000, indexed = 0n } = {}): Promise<Activity> {
  const start = { id: "1", chainId: 1, account: ACCOUNT, kind: "stake", subject: {} } as const;
  const store = createActivityStore("key", undefined, () => nowMs);
  store.add({ ...startActivity(start, 1_000), step: "pending", request: REQUEST, hash: OURS, ...news });
  const context = { rpc, store, indexedBlock: () => indexed, refresh: () => {}, nowMs: () => nowMs };
  await followOnce(context, new AbortController().signal);
  return store.get()[0]!;
}

describe("what was sent", () => {
  it("is confirmed by its receipt, with what it cost", async () => {
    const { step, blockNumber, feeWei } = await look(nodeWith({ mined: [{ hash: OURS, nonce: 7, block: 50 }] }), {});
    assert.deepEqual([step, blockNumber, feeWei], ["confirmed", "50", "32"]);
  });

  it("is done once the page shows its block", async () => {
    const news = { step: "confirmed", blockNumber: "50" } as const;
    const rpc = nodeWith({ mined: [{ hash: OURS, nonce: 7, block: 50 }] });
    assert.equal((await look(rpc, news, { indexed: 49n })).step, "confirmed");
    assert.equal((await look(rpc, news, { indexed: 50n })).step, "done");
  });

  it("is followed under its new hash when the wallet sped it up", async () => {
    const rpc = nodeWith({
      mined: [
        { hash: "0x03", nonce: 6, block: 20 },
        { hash: OTHER, nonce: 7, block: 60 },
        { hash: "0x04", nonce: 8, block: 61 },
      ],
    });
    const { step, hash, replaced } = await look(rpc, {});
    assert.deepEqual([step, hash, replaced], ["pending", OTHER, OURS]);
  });

  it("is cancelled when the wallet used its number for something else", async () => {
    const rpc = nodeWith({ mined: [{ hash: OTHER, nonce: 7, block: 60, data: "0x" }] });
    assert.equal((await look(rpc, {})).step, "cancelled");
  });

  it("waits in the pool, first quietly and then with a word", async () => {
    const rpc = nodeWith({ pool: [OURS] });
    assert.equal((await look(rpc, {})).slow, false);
    const { step, slow } = await look(rpc, {}, { nowMs: 200_000 });
    assert.deepEqual([step, slow], ["pending", true]);
  });

  it("is dropped when no node knows it for long, but not at once", async () => {
    assert.equal((await look(nodeWith({}), {})).step, "pending");
    assert.equal((await look(nodeWith({}), {}, { nowMs: 500_000 })).step, "dropped");
  });

  it("tells why the contract refused it in its block", async () => {
    const rpc = nodeWith({ mined: [{ hash: OURS, nonce: 7, block: 50, status: "0x0" }] });
    const { step, failure } = await look(rpc, {});
    assert.deepEqual([step, failure?.code], ["reverted", "NodeRegistryZeroAmount"]);
  });

  it("goes back to pending when its block was reorganised away", async () => {
    const news = { step: "confirmed", blockNumber: "50" } as const;
    assert.equal((await look(nodeWith({ pool: [OURS] }), news)).step, "pending");
  });
});

describe("a wallet that was asked when the page closed", () => {
  const interrupted = { step: "interrupted", hash: undefined } as const;

  it("is found to have sent, by the number of the transaction", async () => {
    const rpc = nodeWith({ mined: [{ hash: OTHER, nonce: 7, block: 60 }] });
    const { step, hash } = await look(rpc, interrupted);
    assert.deepEqual([step, hash], ["pending", OTHER]);
  });

  it("is given time, and then taken to have sent nothing", async () => {
    assert.equal((await look(nodeWith({}), interrupted)).step, "interrupted");
    assert.equal((await look(nodeWith({}), interrupted, { nowMs: 700_000 })).step, "dropped");
  });
});

describe("failureOf", () => {
  it("knows a contract's error in whatever depth a node puts it", () => {
    const args = [1n, 5n] as const;
    const data = encodeErrorResult({ abi: flContractAbi, errorName: "FLContractRoundsUsedUp", args: [args[0], 5] });
    const shapes = [{ data }, { data: { data } }, { cause: { data } }, { cause: { cause: { data: { data } } } }];
    for (const shape of shapes) {
      const { code, args: told } = failureOf(Object.assign(new Error("reverted"), shape));
      assert.deepEqual([code, told], ["FLContractRoundsUsedUp", ["1", "5"]]);
    }
  });

  const wallets: readonly (readonly [string, object, string])[] = [
    ["a wallet with a question open", { code: -32_002 }, "WALLET_BUSY"],
    ["a chain that the wallet lacks", { code: 4_902 }, "WALLET_UNKNOWN_CHAIN"],
    [
      "too little ether",
      { code: -32_000, message: "insufficient funds for gas * price + value" },
      "CHAIN_INSUFFICIENT_FUNDS",
    ],
    ["an RPC that is down", new RpcError({ code: "CHAIN_RPC_UNREACHABLE", status: 503 }, "x"), "CHAIN_RPC_UNREACHABLE"],
    ["anything else", { message: "<b>boom</b>" }, "WALLET_FAILED"],
  ];
  for (const [what, error, code] of wallets) {
    it(`gives ${code} for ${what}`, () => assert.equal(failureOf(error).code, code));
  }

  it("does not take a no for an error, nor a missing method for a no", () => {
    assert.ok(isRejection({ code: 4_001 }));
    assert.ok(isRejection(new Error("MetaMask Tx Signature: User denied transaction signature.")));
    assert.ok(!isRejection({ code: -32_601, message: "method not found" }));
    assert.ok(isUnsupported({ cause: { code: -32_601 } }));
  });
});
