import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EVENTS } from "@cairn/trainer/protocol/generated/events";
import { getAddress } from "viem";
import { createLogDecoder } from "../fold/decodeLogs.ts";
import { placedAbis } from "../fold/placedAbis.ts";
import { createMemoryKeep, type EventKeep } from "../keep/eventKeep.ts";
import type { ChainState, CrossCheck, Trouble } from "../types.ts";
import { createChainSource } from "./chainSource.ts";
import { ADDRESSES, account, announce, createFakeChain, type FakeChain, stake, transfer } from "./fakeChain.fixture.ts";
import { type Change, createFollower, type Follower } from "./follower.ts";

const CONTRACTS = placedAbis(EVENTS, ADDRESSES);

interface Rig {
  readonly follower: Follower;
  /** Runs until the follower would wait for a new block, or for an RPC that is down. */
  readonly settle: () => Promise<void>;
  readonly changes: Change[];
  readonly balance: (of: number) => bigint | undefined;
}

interface RigOptions {
  readonly keep?: EventKeep;
  readonly trouble?: () => Trouble | undefined;
  readonly crossCheck?: (state: ChainState) => Promise<CrossCheck | undefined>;
}

function rig(chain: FakeChain, { keep = createMemoryKeep(), trouble, crossCheck }: RigOptions = {}): Rig {
  const changes: Change[] = [];
  let stopped = new AbortController();
  const follower = createFollower({
    source: createChainSource(chain.rpc, Object.values(ADDRESSES)),
    decoder: createLogDecoder(CONTRACTS),
    keep,
    firstBlock: 0n,
    breathe: async () => {},
    checkDeployment: async () => trouble?.(),
    crossCheck: async (state) => crossCheck?.(state),
    onTurn: (_history, _status, change) => changes.push(change),
    nowMs: () => 1_700_000_000_000,
    pause: async () => stopped.abort(),
    pollingMs: () => 1,
  });
  const settle = async () => {
    stopped = new AbortController();
    await follower.run(stopped.signal);
  };
  const balance = (of: number) => follower.history().state.balances.get(getAddress(account(of)));
  return { follower, settle, changes, balance };
}

describe("follow a chain", () => {
  it("reads everything once, in ranges as wide as the RPC lets it", async () => {
    const chain = createFakeChain();
    for (let block = 1; block <= 100; block++) chain.mine(transfer(1, 1n), transfer(2, 2n));
    chain.maxRange = 30;
    const { follower, settle, balance } = rig(chain);
    await settle();
    assert.deepEqual([balance(1), balance(2)], [100n, 200n]);
    assert.equal(follower.history().state.eventCount, 200);
    assert.equal(follower.status().phase, "following");
    assert.equal(follower.status().behindBlocks, 0n);
    const answered = chain.asked
      .map((text) => text.split(" ")[1]!.split("-").map(Number) as [number, number])
      .filter(([from, to]) => to - from + 1 <= 30);
    const covered = answered.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
    assert.deepEqual(
      covered,
      Array.from({ length: 101 }, (_, i) => i),
      "every block was asked for once",
    );
  });

  it("says that the RPC does not answer, keeps what it has, and goes on when it is back", async () => {
    const chain = createFakeChain();
    chain.mine(transfer(1, 1n));
    const { follower, settle, balance } = rig(chain);
    await settle();
    chain.isDown = true;
    await settle();
    assert.equal(follower.status().phase, "unreachable");
    assert.equal(follower.status().trouble?.code, "CHAIN_RPC_UNREACHABLE");
    assert.equal(balance(1), 1n);
    chain.isDown = false;
    chain.mine(transfer(1, 1n));
    await settle();
    assert.equal(follower.status().phase, "following");
    assert.equal(follower.status().trouble, undefined);
    assert.equal(balance(1), 2n);
  });

  it("gives up a range of one block that is refused, and says so", async () => {
    const chain = createFakeChain();
    chain.maxRange = 0;
    const { follower, settle } = rig(chain);
    await settle();
    assert.equal(follower.status().trouble?.code, "CHAIN_RPC_REFUSED");
  });

  it("reads nothing from another chain", async () => {
    const chain = createFakeChain();
    chain.mine(transfer(1, 1n));
    const trouble = { code: "CHAIN_WRONG_CHAIN", message: "", sinceMs: 0 };
    const { follower, settle, balance } = rig(chain, { trouble: () => trouble });
    await settle();
    assert.equal(follower.status().phase, "wrongDeployment");
    assert.equal(balance(1), undefined);
  });
});

describe("a reorganisation", () => {
  it("takes back what was said in blocks that are gone", async () => {
    const chain = createFakeChain();
    chain.mine(announce(1), stake(1, 5n, 5n));
    chain.mine(transfer(1, 1n));
    const { follower, settle, balance } = rig(chain);
    await settle();
    chain.mine(stake(1, 5n, 10n));
    chain.mine(transfer(1, 10n), transfer(2, 100n));
    await settle();
    assert.equal(balance(1), 11n);
    chain.fork(2);
    chain.mine(transfer(2, 7n));
    chain.mine();
    chain.mine();
    await settle();
    assert.deepEqual([balance(1), balance(2)], [1n, 7n]);
    const node = follower.history().state.nodes.get(getAddress(account(1)));
    assert.equal(node?.stakeWei, 5n);
    assert.equal(follower.status().lastReorg?.blocks, 2n);
  });

  it("is found when the new chain is shorter, as after a restart of a local chain", async () => {
    const chain = createFakeChain();
    for (let block = 1; block <= 9; block++) chain.mine(transfer(1, 1n));
    const { settle, balance, follower } = rig(chain);
    await settle();
    chain.fork(10);
    chain.mine();
    chain.mine(transfer(3, 3n));
    await settle();
    assert.deepEqual([balance(1), balance(3)], [undefined, 3n]);
    assert.equal(follower.history().state.eventCount, 1);
  });

  it("between logs and the block after them leads to a second question, not to a mixture", async () => {
    const chain = createFakeChain();
    chain.mine(transfer(1, 1n));
    chain.onLogs = () => {
      chain.onLogs = undefined;
      chain.fork(1);
      chain.mine(transfer(2, 2n));
    };
    const { settle, balance } = rig(chain);
    await settle();
    assert.deepEqual([balance(1), balance(2)], [undefined, 2n]);
  });
});

describe("what is kept", () => {
  it("is not asked for again after a reload", async () => {
    const chain = createFakeChain();
    const keep = createMemoryKeep();
    for (let block = 1; block <= 5; block++) chain.mine(transfer(1, 1n));
    await rig(chain, { keep }).settle();
    chain.mine(transfer(1, 1n));
    chain.asked.length = 0;
    const second = rig(chain, { keep });
    await second.follower.load();
    await second.settle();
    assert.equal(second.balance(1), 6n);
    assert.deepEqual(chain.asked, ["eth_getLogs 6-6"]);
  });

  it("is written once by two tabs that both lead", async () => {
    const chain = createFakeChain();
    const keep = createMemoryKeep();
    const [first, second] = [rig(chain, { keep }), rig(chain, { keep })];
    chain.mine(transfer(1, 1n));
    await first.settle();
    await second.settle();
    chain.mine(transfer(1, 1n));
    await second.settle();
    chain.mine(transfer(1, 1n));
    await first.settle();
    assert.deepEqual([first.balance(1), second.balance(1)], [3n, 2n]);
    assert.equal((await keep.load()).events.length, 3);
  });

  it("reaches a tab that only listens, also one that missed something", async () => {
    const chain = createFakeChain();
    const keep = createMemoryKeep();
    const [leader, listener, late] = [rig(chain, { keep }), rig(chain, { keep }), rig(chain, { keep })];
    for (let block = 1; block <= 4; block++) {
      chain.mine(transfer(1, 1n));
      leader.changes.length = 0;
      await leader.settle();
      for (const change of leader.changes) await listener.follower.hear(leader.follower.status(), change);
    }
    const last = leader.changes.find(({ type }) => type === "extended");
    await late.follower.hear(leader.follower.status(), last!);
    assert.deepEqual([listener.balance(1), late.balance(1)], [4n, 4n]);
    assert.equal(listener.follower.status().leader, false);
  });
});

describe("an RPC that lies", () => {
  const strangers = [
    { name: "a log of another contract", twist: { address: "0x00000000000000000000000000000000000000ff" } },
    { name: "a log of another block", twist: { blockNumber: "0x63" } },
    { name: "a topic that is no hash", twist: { topics: ["<script>"] } },
    { name: "no block number", twist: { blockNumber: undefined } },
  ];
  for (const { name, twist } of strangers) {
    it(`has its answer refused as a whole when it holds ${name}`, async () => {
      const chain = createFakeChain();
      chain.mine(transfer(1, 1n), transfer(2, 2n));
      chain.twist = (logs) => logs.map((log, i) => (i === 1 ? { ...log, ...twist } : log));
      const { follower, settle, balance } = rig(chain);
      await settle();
      assert.equal(balance(1), undefined);
      assert.equal(follower.status().phase, "unreachable");
    });
  }

  it("has its logs counted that no ABI knows", async () => {
    const chain = createFakeChain();
    chain.mine(transfer(1, 1n), transfer(2, 2n));
    chain.twist = (logs) => logs.map((log, i) => (i === 1 ? { ...log, data: "0x12" } : log));
    const { follower, settle, balance } = rig(chain);
    await settle();
    assert.deepEqual([balance(1), balance(2)], [1n, undefined]);
    assert.equal(follower.status().unknownLogs, 1);
  });

  it("is noticed when it leaves out what a later event needs", async () => {
    const chain = createFakeChain();
    chain.mine(announce(1), stake(1, 5n, 5n));
    chain.twist = (logs) => logs.slice(1);
    const { follower, settle } = rig(chain);
    await settle();
    const [contradiction] = follower.history().state.contradictions;
    assert.equal(contradiction?.problem, "unknownNode");
    assert.equal(contradiction?.name, "StakeAdded");
  });

  it("has what views say against it shown in the status", async () => {
    const chain = createFakeChain();
    chain.mine(transfer(1, 1n));
    const found = { atBlock: 1n, compared: 1, mismatches: [{ what: "balance", events: "1", view: "2" }] };
    const { follower, settle } = rig(chain, { crossCheck: async () => found });
    await settle();
    await settle();
    assert.deepEqual(follower.status().crossCheck, found);
  });
});
