import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BlockNotFoundError } from "viem";
import type { Chain } from "../chain/connection.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { createPayday } from "./payday.ts";

/** A chain whose head and newest final block the test moves; it owes 5 wei until that is claimed. */
function open({ isWanted = (): boolean => true } = {}) {
  const blocks: { head: bigint; final: bigint | undefined } = { head: 100n, final: 90n };
  const sent: string[] = [];
  let owedWei = 5n;
  let refusal: Error | undefined;
  const chain = {
    pollingMs: 0,
    account: { address: `0x${"11".repeat(20)}` },
    client: {
      getBlockNumber: async () => blocks.head,
      async getBlock() {
        if (blocks.final === undefined) throw new BlockNotFoundError({});
        return { number: blocks.final };
      },
    },
    request: (_: string, work: () => Promise<unknown>) => work(),
    read: async () => owedWei,
    async send(_: string, functionName: string) {
      if (refusal !== undefined) throw refusal;
      sent.push(functionName);
      owedWei = 0n;
      return { logs: [] };
    },
  } as unknown as Chain;
  const events: NodeEvent[] = [];
  const problems: unknown[] = [];
  const payday = createPayday({
    ...{ chain, taskId: 7n, isWanted, signal: new AbortController().signal },
    emit: (event) => events.push(event),
    onProblem: (error) => problems.push(error),
  });
  return { payday, blocks, sent, events, problems, refuse: (error: Error) => (refusal = error) };
}

describe("createPayday", () => {
  it("claims once the block up to which it was earned is final, and not before", async () => {
    const { payday, blocks, sent, events } = open();
    payday.earn(1);
    assert.equal(await payday.attend(), false);
    Object.assign(blocks, { head: 120n, final: 99n });
    assert.equal(await payday.attend(), false);
    assert.deepEqual(sent, []);
    assert.deepEqual(events, [{ event: "payWaits", task: "7", block: "100" }], "told once");
    blocks.final = 100n;
    assert.equal(await payday.attend(), true);
    assert.deepEqual(sent, ["claim", "creditReputation"]);
  });

  it("goes by depth on a chain that calls no block final", async () => {
    const { payday, blocks, sent } = open();
    blocks.final = undefined;
    payday.earn(1);
    assert.equal(await payday.attend(), false);
    blocks.head = 163n;
    assert.equal(await payday.attend(), false);
    blocks.head = 164n;
    assert.equal(await payday.attend(), true);
    assert.equal(sent.length, 2);
  });

  it("claims once a round, however often it is asked to", async () => {
    const { payday, blocks, sent } = open();
    blocks.final = 100n;
    payday.earn(3);
    assert.equal(await payday.attend(), true);
    payday.earn(3);
    assert.equal(await payday.attend(), true);
    assert.equal(sent.length, 2);
  });

  it("waits for nothing where nobody wants the pay now", async () => {
    const { payday, sent } = open({ isWanted: () => false });
    payday.earn(1);
    assert.equal(await payday.attend(), true);
    assert.deepEqual(sent, []);
  });

  it("tells of a claim that is refused, and leaves it claimable", async () => {
    const { payday, blocks, problems, refuse } = open();
    blocks.final = 100n;
    const refusal = new Error("refused");
    refuse(refusal);
    payday.earn(1);
    assert.equal(await payday.attend(), true);
    assert.deepEqual(problems, [refusal]);
  });
});
