import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../../engine/philox.ts";
import type { Attempt, Fees, PreparedCall, TransactionRecord } from "./transactionRecord.ts";
import * as states from "./transactionRecord.ts";

const CALL: PreparedCall = {
  ...{ nonce: 7, call: "flContract.commitUpdate", gas: 21_000n, type: "eip1559", data: "0x1234" },
  to: "0x00000000000000000000000000000000000000aa",
};
const attempt = (n: number, fees: Fees = { maxFeePerGas: 100n, maxPriorityFeePerGas: 10n }): Attempt => {
  return { ...fees, hash: `0x${String(n).padStart(64, "0")}`, raw: `0x02${String(n).padStart(4, "0")}` };
};
const inclusionOf = ({ hash }: Attempt) =>
  ({ hash, blockHash: `0x${"ab".repeat(32)}`, blockNumber: 12n, status: "success" }) as const;

const stream = createRandomStream(new Uint8Array(32).fill(9), "transactions");
const below = (n: number): number => stream.nextBelow(n);

const STEPS: readonly ((record: TransactionRecord, n: number) => TransactionRecord)[] = [
  (record, n) => {
    const last = record.attempts.at(-1);
    const fees = last && states.bumped(last, last, 10n ** 12n);
    return states.signed(record, attempt(n, fees));
  },
  (record) => states.sent(record),
  (record) =>
    states.included(record, inclusionOf(record.attempts[below(Math.max(1, record.attempts.length))] ?? attempt(999))),
  (record) => states.takenBack(record),
  (record) => states.final(record),
];

describe("a transaction's states", () => {
  it("keep nonce and call, never forget a signed copy, and only get dearer, whatever comes in whatever order", () => {
    for (let game = 0; game < 400; game++) {
      let record = states.prepared(CALL);
      for (let n = 0; n < 30; n++) {
        let next: TransactionRecord;
        try {
          next = STEPS[below(STEPS.length)]!(record, n);
        } catch (error) {
          assert.ok(error instanceof TypeError);
          continue; // refused: nothing changed
        }
        assert.deepEqual({ ...next, ...CALL }, next, "nonce and call");
        assert.deepEqual(next.attempts.slice(0, record.attempts.length), record.attempts, "no copy is forgotten");
        for (const [i, copy] of next.attempts.entries()) {
          if (i > 0) assert.ok(states.isBump(next.attempts[i - 1]!, copy));
        }
        assert.equal(next.inclusion !== undefined, next.state === "included" || next.state === "final");
        if (record.state === "final") assert.fail("nothing follows the end");
        if (record.state === "included" && states.isInFlight(next)) assert.equal(next.attempts, record.attempts);
        assert.deepEqual(states.decodeRecord(states.encodeRecord(next)), next, "as it was, from the disk");
        record = next;
      }
    }
  });

  it("take a block in which another copy than those that were signed was mined for no inclusion of theirs", () => {
    const record = states.sent(states.signed(states.prepared(CALL), attempt(1)));
    assert.throws(() => states.included(record, inclusionOf(attempt(2))), TypeError);
    assert.throws(() => states.signed(record, attempt(2)), /12\.5/, "no dearer");
  });
});

describe("bumped", () => {
  it("asks for 12.5 % more and for what the chain asks, within the cap, or for nothing", () => {
    for (let i = 0; i < 2_000; i++) {
      const tip = BigInt(below(1_000));
      const last = { maxFeePerGas: tip + BigInt(below(100_000)), maxPriorityFeePerGas: tip };
      const marketTip = BigInt(below(1_000));
      const market = { maxFeePerGas: marketTip + BigInt(below(200_000)), maxPriorityFeePerGas: marketTip };
      const cap = BigInt(below(250_000));
      const next = states.bumped(last, market, cap);
      if (next === undefined) {
        assert.ok((last.maxFeePerGas * 1_125n) / 1_000n >= cap - 1n || tip * 1_125n >= cap * 1_000n - 1_000n);
        continue;
      }
      assert.ok(next.maxFeePerGas * 1_000n >= last.maxFeePerGas * 1_125n);
      assert.ok(next.maxPriorityFeePerGas * 1_000n >= last.maxPriorityFeePerGas * 1_125n);
      assert.ok(next.maxFeePerGas <= cap);
      assert.ok(next.maxPriorityFeePerGas <= next.maxFeePerGas);
      assert.ok(next.maxFeePerGas === cap || next.maxFeePerGas >= market.maxFeePerGas);
    }
  });
});

describe("nextNonce", () => {
  it("is above all that were signed and never below the chain's; what was only prepared counts for nothing", () => {
    const at = (nonce: number): TransactionRecord => states.signed(states.prepared({ ...CALL, nonce }), attempt(nonce));
    assert.equal(states.nextNonce([], 4), 4);
    assert.equal(states.nextNonce([at(4), at(5)], 4), 6, "on their way");
    assert.equal(states.nextNonce([at(4)], 9), 9, "another machine's were mined");
    assert.equal(states.nextNonce([at(4), states.prepared({ ...CALL, nonce: 5 })], 4), 5);
  });
});

describe("decodeRecord", () => {
  it("refuses what is torn, of another version, or says what can't be", () => {
    const good = states.encodeRecord(states.signed(states.prepared(CALL), attempt(1)));
    for (let length = 0; length < good.length; length++)
      assert.equal(states.decodeRecord(good.slice(0, length)), undefined);
    assert.equal(states.decodeRecord(good.replace("/v1", "/v2")), undefined);
    assert.equal(states.decodeRecord(good.replace('"signed"', '"included"')), undefined, "in no block");
    assert.equal(states.decodeRecord(good.replace('"signed"', '"prepared"')), undefined, "with a copy");
    assert.equal(states.decodeRecord("null"), undefined);
  });
});
