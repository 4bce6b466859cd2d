import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type Address, getAddress } from "viem";
import { ChainError } from "../chain/chainError.ts";
import type { Chain } from "../chain/connection.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { keepPlace, type PlaceView } from "./place.ts";

const [SELF, OTHER] = ["aa", "bb"].map((end) => getAddress(`0x${end.padStart(40, "0")}`)) as [Address, Address];
const OUT: PlaceView = { enrolled: false, round: 5, closed: false };

function reverted(errorName: string, args: readonly unknown[] = []): ChainError {
  return new ChainError({ code: "CHAIN_REVERTED", call: "flContract.join", errorName, args }, errorName);
}

/** A task that answers `join` as told, and remembers what was sent. */
interface World {
  leftBy: string | undefined;
  refusal: ChainError | undefined;
  enrolled: boolean;
  stakeWei: bigint;
  readonly sent: string[];
  readonly events: NodeEvent[];
  nowMs: number;
}

let world: World;

/** Leaves this much stake. */
function slash(stakeWei: bigint): void {
  world.stakeWei = stakeWei;
  world.refusal = stakeWei < 20n ? reverted("FLContractStakeTooLow") : undefined;
}

beforeEach(() => {
  const [sent, events]: [string[], NodeEvent[]] = [[], []];
  world = { leftBy: OTHER, refusal: undefined, enrolled: false, stakeWei: 20n, sent, events, nowMs: 0 };
});

function keeper(rejoins = true): (view: PlaceView) => Promise<void> {
  const answers: Readonly<Record<string, () => unknown>> = {
    slotOf: () => [world.enrolled, 3],
    stakeOf: () => world.stakeWei,
    coverOf: () => [world.stakeWei, 0n],
    balanceOf: () => 10n ** 20n,
    allowance: () => 0n,
  };
  const refuse = (name: string): void => {
    if (name === "join" && world.refusal !== undefined) throw world.refusal;
  };
  const chain = {
    account: { address: SELF },
    deployment: { contracts: { flContract: SELF, nodeRegistry: SELF }, deployedAtBlock: 1 },
    client: {
      getBlockNumber: async () => 9n,
      getContractEvents: async () => (world.leftBy === undefined ? [] : [{ transactionHash: "0x1", blockNumber: 7n }]),
      getTransaction: async () => ({ from: world.leftBy }),
    },
    request: (_doing: string, work: () => Promise<unknown>) => work(),
    read: async (_contract: string, name: string) => answers[name]!(),
    simulate: async (_contract: string, name: string) => refuse(name),
    send: async (_contract: string, name: string) => {
      refuse(name);
      world.sent.push(name);
      if (name === "stake") slash(20n);
      if (name === "join") world.enrolled = true;
    },
  } as unknown as Chain;
  const { events } = world;
  const options = { signal: new AbortController().signal };
  const emit = (event: NodeEvent): void => void events.push(event);
  return keepPlace({ chain, taskId: 7n, minStakeWei: 20n, rejoins, emit, nowMs: () => world.nowMs, options });
}

const told = (): unknown[] =>
  world.events.map((event) => (event.event === "evicted" ? [event.reason, event.rejoinRound] : event.event));

describe("keepPlace", () => {
  it("waits until the round that an idle trainer was barred to has opened, and asks nothing meanwhile", async () => {
    world.refusal = reverted("FLContractEvicted", [7n, SELF, 13]);
    const look = keeper();
    for (const round of [5, 6, 12]) await look({ ...OUT, round });
    assert.deepEqual([told(), world.sent], [[["idle", 13]], []]);
    world.refusal = undefined;
    await look({ ...OUT, round: 13 });
    assert.deepEqual([told(), world.sent], [[["idle", 13], "joined"], ["join"]]);
  });

  it("tells want of stake from idleness, though the contract bars the trainer for a while as well", async () => {
    slash(19n);
    world.refusal = reverted("FLContractEvicted", [7n, SELF, 13]);
    const look = keeper();
    await look(OUT);
    world.refusal = reverted("FLContractStakeTooLow");
    await look({ ...OUT, round: 13 });
    assert.deepEqual(told(), [["stake", 13], "joined"]);
    assert.deepEqual(world.sent, ["approve", "stake", "join"]);
  });

  it("makes a slashed stake good and joins at once", async () => {
    slash(19n);
    await keeper()(OUT);
    assert.deepEqual(told(), [["stake", undefined], "joined"]);
    assert.deepEqual(world.sent, ["approve", "stake", "join"]);
  });

  it("backs off from a full task, twice as long each time", async () => {
    world.refusal = reverted("FLContractTaskFull");
    const look = keeper();
    const tries = async (nowMs: number): Promise<number> => {
      world.nowMs = nowMs;
      await look(OUT);
      return world.events.filter(({ event }) => event === "error").length;
    };
    assert.deepEqual([await tries(0), await tries(4_999), await tries(5_000), await tries(14_999)], [1, 1, 2, 2]);
    assert.equal(await tries(15_000), 3);
    world.refusal = undefined;
    await tries(35_000);
    assert.deepEqual(world.sent, ["join"]);
  });

  it("does not refill a stake for ever", async () => {
    const look = keeper();
    for (let loss = 0; loss < 5; loss++) {
      slash(19n);
      world.enrolled = false;
      await look(OUT);
      await look({ ...OUT, enrolled: world.enrolled });
    }
    assert.equal(world.sent.filter((name) => name === "stake").length, 3);
  });

  it("tells of the eviction and stays out where it shall not join again", async () => {
    await keeper(false)(OUT);
    assert.deepEqual([told(), world.sent], [[["unknown", undefined]], []]);
    assert.equal(world.events[0]?.event === "evicted" && world.events[0].by, OTHER);
  });

  it("leaves alone who left by its own will, a closed task, and a trainer that is in", async () => {
    world.leftBy = SELF;
    await keeper()(OUT);
    world.leftBy = OTHER;
    await keeper()({ ...OUT, closed: true });
    await keeper()({ ...OUT, enrolled: true });
    assert.deepEqual([told(), world.sent], [[], []]);
  });
});
