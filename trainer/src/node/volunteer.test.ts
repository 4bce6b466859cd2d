import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Claim } from "../audit/dispute/game.ts";
import { GameEvents } from "../chain/testing/gameEvents.ts";
import { GameBook } from "./gameBook.ts";
import type { RoundContext } from "./roundContext.ts";
import { Volunteer } from "./volunteer.ts";

const SELF = "0x5e1f";
const TRAINER = "0x7a11";
const STRANGER = "0x0ddd";
const EXTENSION_SECONDS = 10;
/** The chain's contracts as far as a volunteer asks them. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  limits: { extensionSeconds: EXTENSION_SECONDS, bondWei: 1n },
  balanceOf: 5n,
  allowance: 5n,
  roundOf: { openedAtBlock: 1, phase: 0 },
};

let events: GameEvents;
let sent: { readonly name: string; readonly gameId: bigint }[];
let asked: string[];
let judged: string[];
let told: string[];
beforeEach(() => {
  events = new GameEvents();
  [sent, asked, judged, told] = [[], [], [], []];
});

function contextOf(): RoundContext {
  const chain = {
    ...events.chain,
    account: { address: SELF },
    read: async (_contract: string, name: string) => {
      asked.push(name);
      return ANSWERS[name];
    },
    send: async (_contract: string, name: string, args: readonly unknown[]) => {
      sent.push({ name, gameId: args[0] as bigint });
    },
  };
  const context = { chain, job: { taskId: 1n }, round: { round: 1 }, signal: new AbortController().signal };
  const emit = ({ event }: { readonly event: string }): void => void told.push(event);
  return { ...context, emit } as unknown as RoundContext;
}

function open(gameId: bigint, trainer = TRAINER, updateDigest = "0xda7a"): void {
  events.add("GameOpened", gameId, { challenger: STRANGER, claim: { taskId: 1n, round: 1, trainer, updateDigest } });
}

/** A volunteer, and what a node does with it at every look. */
function volunteerOf({ isTrue = true, volunteerGames = 4 } = {}) {
  const options = { roles: ["auditor"], misbehave: undefined, volunteerGames } as const;
  const volunteer = new Volunteer<"update">(options, {
    kind: "update",
    nameOf: ({ updateDigest }: Claim) => updateDigest,
    async isTrue(_context, { updateDigest }) {
      judged.push(updateDigest);
      return isTrue;
    },
    termsOf: () => ({}),
  });
  const book = new GameBook("update", undefined);
  return {
    volunteer,
    book,
    async look(nowSeconds: number): Promise<void> {
      const context = contextOf();
      await book.look(context);
      await volunteer.attend(context, book, nowSeconds);
    },
  };
}

describe("Volunteer", () => {
  it("asks for the moves of all games at once, and for a look at a quiet game no more than for none", async () => {
    events.head = 1n;
    for (let id = 1n; id <= 30n; id++) {
      open(id, TRAINER, `0x${id}`);
      events.move(id, "Answer", 1_000);
    }
    events.head = 100n;
    const { look } = volunteerOf();
    for (let now = 0; now < 50; now++) await look(now);
    const moves = events.queries.filter(({ eventName }) => eventName === "GameMoved");
    assert.equal(moves.length, 50, "one a look");
    assert.equal(moves.filter(({ fromBlock }) => fromBlock === 1n).length, 1, "all of them once");
    const perGame = asked.filter((name) => name !== "roundOf");
    assert.deepEqual([perGame, judged, sent], [[], [], []], "half of the time is left");
  });

  it("judges a claim once, is ready at half time, and takes the game up once, as soon as its defender is late", async () => {
    events.head = 1n;
    open(1n);
    open(2n);
    for (const id of [1n, 2n]) events.move(id, "Answer", 100);
    const { look, book, volunteer } = volunteerOf();
    await look(0);
    assert.deepEqual(volunteer.claimsNeeded(book, 0), []);
    for (let now = 1; now < 100; now++) await look(now);
    assert.deepEqual(judged, ["0xda7a"], "both games are about one claim");
    assert.equal(
      asked.filter((name) => name === "limits").length,
      4,
      "two of each game, when half of the time was gone",
    );
    assert.equal(volunteer.claimsNeeded(book, 99).length, 2);
    assert.deepEqual(sent, []);
    for (let now = 100; now < 100 + EXTENSION_SECONDS; now++) await look(now);
    assert.deepEqual(new Set(sent.map(({ name }) => name)), new Set(["takeUp"]));
    assert.deepEqual(sent.map(({ gameId }) => gameId).toSorted(), [1n, 2n]);
    assert.deepEqual(told, ["disputeTakenUp", "disputeTakenUp"]);
  });

  it("leaves alone what is false, what is too late, and what is not the defender's to move", async () => {
    events.head = 1n;
    for (let id = 1n; id <= 2n; id++) open(id, TRAINER, `0x${id}`);
    events.move(1n, "Pick", 100);
    events.move(2n, "Answer", 100);
    for (const now of [0, 60, 100 + EXTENSION_SECONDS]) await volunteerOf().look(now);
    assert.deepEqual([judged, sent], [[], []]);
    const { look } = volunteerOf({ isTrue: false });
    for (const now of [0, 60, 100, 101]) await look(now);
    assert.deepEqual([judged, sent], [["0x2"], []], "judged, and no more than once");
  });

  it("takes up no more games of others than it may, and none of its own accord where it may none", async () => {
    events.head = 1n;
    for (let id = 1n; id <= 6n; id++) {
      open(id, TRAINER, `0x${id}`);
      events.move(id, "Answer", 0);
    }
    await volunteerOf({ volunteerGames: 0 }).look(1);
    assert.equal(sent.length, 0);
    const { look } = volunteerOf({ volunteerGames: 3 });
    for (let now = 1; now < EXTENSION_SECONDS; now++) await look(now);
    assert.equal(sent.length, 3);
  });
});
