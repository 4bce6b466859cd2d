import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { GameBook } from "./gameBook.ts";
import type { RoundContext } from "./roundContext.ts";

const SELF = "0x5e1f";
const TRAINER = "0x7a11";
const STRANGER = "0x0ddd";

/** Events that a chain has, by name. A reorganisation changes them. */
interface Events {
  GameOpened: unknown[];
  GameTakenUp: unknown[];
  GameEnded: unknown[];
  GameMoved: unknown[];
}

let events: Events;
let openedAtBlock: number;
beforeEach(() => {
  events = { GameOpened: [], GameTakenUp: [], GameEnded: [], GameMoved: [] };
  openedAtBlock = 1;
});

function opened(gameId: bigint, challenger: string, trainer: string, blockNumber = 5n) {
  const claim = { round: 1, trainer, updateDigest: "0xda7a" };
  return { args: { gameId, challenger, claim }, blockNumber };
}

function contextOf(): RoundContext {
  const chain = {
    account: { address: SELF },
    deployment: { contracts: { disputeGame: "0xaa" } },
    client: {
      getBlockNumber: async () => 9n,
      getContractEvents: async ({ eventName }: { eventName: keyof Events }) => events[eventName],
    },
    request: (_doing: string, work: () => Promise<unknown>) => work(),
    read: async () => ({ openedAtBlock, phase: 0 }),
  };
  const context = { chain, job: { taskId: 1n }, round: { round: 1 }, signal: new AbortController().signal };
  return context as unknown as RoundContext;
}

describe("GameBook", () => {
  it("tells this node's games from others', and on which side it is", async () => {
    events.GameOpened = [opened(1n, SELF, TRAINER), opened(2n, STRANGER, SELF), opened(3n, STRANGER, TRAINER)];
    events.GameOpened.push(opened(4n, STRANGER, TRAINER));
    events.GameTakenUp = [{ args: { gameId: 4n, parentId: 3n, defender: SELF } }];
    const book = new GameBook("update", undefined);
    await book.look(contextOf());
    const sides = book.own.map(({ game, side }) => [game.gameId, side]);
    assert.deepEqual(sides, [
      [1n, "challenger"],
      [2n, "defender"],
      [4n, "defender"],
    ]);
    assert.equal(book.going.length, 4);
  });

  it("goes on with a game whose end was told of and taken back", async () => {
    events.GameOpened = [opened(1n, SELF, TRAINER)];
    events.GameEnded = [{ args: { gameId: 1n }, transactionHash: "0xe1" }];
    const book = new GameBook("update", undefined);
    await book.look(contextOf());
    assert.equal(book.open.length, 1, "its end is still to be told of");
    book.own[0]!.toldEnd = "0xe1";
    assert.deepEqual(await book.look(contextOf()), { openings: [], ends: [] });
    assert.equal(book.open.length, 0);
    events.GameEnded = [];
    const { ends } = await book.look(contextOf());
    assert.deepEqual([ends.length, book.open.length, book.isOver(1n)], [1, 1, false]);
    events.GameEnded = [{ args: { gameId: 1n }, transactionHash: "0xe2" }];
    await book.look(contextOf());
    assert.equal(book.open.length, 1, "another end is told of too");
  });

  it("gives back a game whose opening was taken back, and knows another under its number", async () => {
    events.GameOpened = [opened(1n, SELF, TRAINER)];
    const book = new GameBook("update", undefined);
    await book.look(contextOf());
    book.own[0]!.told = 7;
    events.GameOpened = [opened(1n, STRANGER, SELF)];
    const { openings } = await book.look(contextOf());
    assert.deepEqual(
      openings.map(({ side }) => side),
      ["challenger"],
    );
    assert.deepEqual([book.own[0]!.side, book.own[0]!.told], ["defender", 0]);
  });

  it("follows a game that a reorganisation moved to another block", async () => {
    events.GameOpened = [opened(1n, SELF, TRAINER)];
    const book = new GameBook("update", undefined);
    await book.look(contextOf());
    book.own[0]!.told = 7;
    events.GameOpened = [opened(1n, SELF, TRAINER, 6n)];
    assert.deepEqual(await book.look(contextOf()), { openings: [], ends: [] });
    assert.deepEqual([book.own[0]!.game.blockNumber, book.own[0]!.told], [6n, 7]);
  });

  it("keeps a game of a round long past until its end was told of", async () => {
    events.GameOpened = [opened(1n, SELF, TRAINER)];
    const book = new GameBook("update", undefined);
    await book.look(contextOf());
    [events.GameOpened, openedAtBlock] = [[], 6];
    assert.deepEqual(await book.look(contextOf()), { openings: [], ends: [] });
    assert.equal(book.open.length, 1);
    book.own[0]!.toldEnd = "0xe1";
    assert.deepEqual(await book.look(contextOf()), { openings: [], ends: [] });
    assert.equal(book.own.length, 0);
  });
});
