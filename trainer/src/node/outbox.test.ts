import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ChainError } from "../chain/chainError.ts";
import { prepared, signed } from "../chain/transactions/transactionRecord.ts";
import { inspectNode } from "./inspection.ts";
import { NodeError } from "./nodeError.ts";
import { openOutbox } from "./outbox.ts";

const ACCOUNT = "0x00000000000000000000000000000000000000aa";
const PLACE = { chainId: 31_337, genesisHash: async () => `0x${"12".repeat(32)}` as const, account: ACCOUNT };
const FOLDER = `31337-${"12".repeat(8)}-${ACCOUNT}`;
const RECORD = signed(
  prepared({ nonce: 3, call: "flContract.join", to: ACCOUNT, data: "0x", gas: 1n, type: "eip1559" }),
  { hash: `0x${"34".repeat(32)}`, raw: "0x02", maxFeePerGas: 2n, maxPriorityFeePerGas: 1n },
);
const { signal } = new AbortController();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-outbox-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("openOutbox", () => {
  it("gives the transactions to the next process, and cairn node inspect shows them", async () => {
    const one = openOutbox(folder);
    assert.deepEqual(await one.own(PLACE, signal), []);
    await one.put(RECORD);
    await one.disown();
    const next = openOutbox(folder);
    assert.deepEqual(await next.own(PLACE, signal), [RECORD]);
    const [shown] = (await inspectNode(folder)).transactions;
    assert.deepEqual(shown, {
      ...{ chainId: "31337", account: ACCOUNT, nonce: 3, call: "flContract.join", state: "signed" },
      ...{ hash: RECORD.attempts[0]!.hash, copies: 1 },
    });
    await next.remove(3);
    await next.disown();
    assert.deepEqual(await readdir(join(folder, "outbox", FOLDER)), []);
  });

  it("has one owner at a time, and says who has it for too long", async () => {
    const [one, other] = [openOutbox(folder), openOutbox(folder, { busyMs: 50 })];
    await one.own(PLACE, signal);
    await assert.rejects(
      other.own(PLACE, signal),
      (error: unknown) => error instanceof ChainError && error.code === "CHAIN_KEY_BUSY",
    );
    await one.disown();
    await other.own(PLACE, signal);
    await other.disown();
  });

  it("refuses a record that the disk has spoilt, and inspect says that it is torn", async () => {
    const one = openOutbox(folder);
    await one.own(PLACE, signal);
    await one.disown();
    await writeFile(join(folder, "outbox", FOLDER, "0000000003.json"), "{");
    await assert.rejects(
      one.own(PLACE, signal),
      (error: unknown) => error instanceof NodeError && error.code === "NODE_JOURNAL_MALFORMED",
    );
    await one.disown();
    assert.equal((await inspectNode(folder)).transactions[0]?.state, "torn");
  });
});
