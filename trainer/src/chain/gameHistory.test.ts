import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OpenedGame } from "./disputes.ts";
import { GameHistories, gameHistory, SETTLED_BLOCKS } from "./gameHistory.ts";
import { GameEvents } from "./testing/gameEvents.ts";

const OPTIONS = { signal: new AbortController().signal };

function openedAt(blockNumber: bigint, gameId: bigint): OpenedGame<"update"> {
  return { kind: "update", gameId, blockNumber } as OpenedGame<"update">;
}

describe("GameHistories", () => {
  it("asks twice a look for the events of all games, and hands out what is settled once", async () => {
    const events = new GameEvents();
    const games = Array.from({ length: 40 }, (_, i) => openedAt(1n, BigInt(i + 1)));
    events.head = 1n;
    for (const { gameId } of games) events.move(gameId, "Answer", 100);
    const reader = new GameHistories("update");
    events.head = 100n; // long ago, at the first look
    await reader.read(events.chain, games, OPTIONS);
    const looks = 200;
    for (let look = 1; look <= looks; look++) {
      events.head++;
      events.move(BigInt(1 + (look % games.length)), look % 2 === 0 ? "Answer" : "Pick", 100 + look);
      await reader.read(events.chain, games, OPTIONS);
    }
    assert.equal(events.queries.length, 2 * (1 + looks), "one for the moves of all games, one for the ends");
    const [first, ...later] = events.queries;
    assert.equal(first!.fromBlock, 1n);
    const oldest = later.map(({ fromBlock, toBlock }) => toBlock - fromBlock).slice(1);
    assert.ok(
      oldest.every((blocks) => blocks < 2n * SETTLED_BLOCKS),
      "nothing older than that is asked for again",
    );
    const counts = [...events.handedOut.values()];
    assert.ok(
      counts.slice(0, games.length).every((count) => count === 1),
      "what was settled at the first look",
    );
    assert.ok(Math.max(...counts) <= 2 * Number(SETTLED_BLOCKS));
  });

  it("tells of each game the same as one who reads all of it", async () => {
    const events = new GameEvents();
    const games = [openedAt(1n, 1n), openedAt(30n, 2n)];
    const reader = new GameHistories("update");
    for (let look = 1n; look <= 90n; look++) {
      events.head = look;
      if (look % 5n === 1n) events.move(1n, look % 2n === 0n ? "Pick" : "Cut", Number(look));
      if (look === 30n) events.move(2n, "Answer", 30);
      if (look === 50n) events.add("GameEnded", 2n, { winner: "0x1", takenWei: 3n, outcome: 1 });
      const shown = games.filter(({ blockNumber }) => blockNumber <= look);
      const read = await reader.read(events.chain, shown, OPTIONS);
      for (const game of shown) {
        assert.deepEqual(read.get(game.gameId), await gameHistory(events.chain, game, OPTIONS), `block ${look}`);
      }
    }
    const { steps } = await gameHistory(events.chain, games[0]!, OPTIONS);
    assert.deepEqual(
      [steps.length, steps[0]!.by, steps[1]!.by, steps[2]!.by],
      [18, "challenger", "defender", "challenger"],
    );
    assert.equal((await gameHistory(events.chain, games[1]!, OPTIONS)).end?.outcome, "Disproven");
  });

  it("forgets what a reorganisation took back, however deep it went", async () => {
    for (const depth of [3n, 70n]) {
      const events = new GameEvents();
      const game = openedAt(1n, 1n);
      const reader = new GameHistories("update");
      for (events.head = 1n; events.head < 100n; events.head++) {
        events.move(1n, "Answer", Number(events.head));
        await reader.read(events.chain, [game], OPTIONS);
      }
      events.takeBack(99n - depth);
      events.move(1n, "Pick", 7);
      const { steps } = (await reader.read(events.chain, [game], OPTIONS)).get(1n)!;
      assert.equal(steps.length, 99 - Number(depth) + 1, `${depth} blocks`);
      assert.equal(steps.at(-1)!.deadline, 7);
    }
  });

  it("takes a game that got a freed number for another", async () => {
    const events = new GameEvents();
    const reader = new GameHistories("update");
    events.head = 2n;
    events.move(1n, "Answer", 1);
    events.head = 90n;
    await reader.read(events.chain, [openedAt(2n, 1n)], OPTIONS);
    events.head = 91n;
    events.move(1n, "Pick", 2);
    const { steps } = (await reader.read(events.chain, [openedAt(91n, 1n)], OPTIONS)).get(1n)!;
    assert.deepEqual(
      steps.map(({ deadline }) => deadline),
      [2],
    );
  });
});
