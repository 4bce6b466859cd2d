/** A trainer that is challenged in many games at once, on a chain that takes a second for a block; and one that reorganises. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { sideToMove } from "../../trainer/src/audit/dispute/game.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { challengeFirst, gamesOf, ONE_UPDATE, reachChallenge, startAuditors } from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

const GAMES = 24;
const LIMIT = { timeout: 300_000 } as const;
const ONE_CAIRN = 10n ** 18n;

describe("a trainer that is challenged in many games", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("answers all of them within an extension, though a block takes a second", LIMIT, async () => {
    const { signal, admin } = network;
    const { taskId, nodes, stranger } = await openRound();
    await admin.chain.send("cairnToken", "transfer", [stranger.chain.account!.address, 200n * ONE_CAIRN], { signal });
    await request("evm_setAutomine", [false]);
    await request("evm_setIntervalMining", [1_000]);
    await challengeFirst(network, stranger, taskId, GAMES);
    await waitFor(async () => (await gamesOf(network, taskId)).every(({ steps }) => steps.length >= 2));

    const options = { signal, overlaps: true };
    const answered = await gamesOf(network, taskId);
    assert.equal(answered.length, GAMES);
    const picks = answered.map(({ gameId, steps }) => {
      const { position, points } = steps.at(-1)!;
      return stranger.chain.send("disputeGame", "pick", [gameId, position, points, 0n], options);
    });
    await Promise.all(picks);
    await waitFor(async () =>
      (await gamesOf(network, taskId)).every(({ steps }) => sideToMove(steps.at(-1)!.position) === "challenger"),
    );

    const games = await gamesOf(network, taskId);
    const { extensionSeconds } = await admin.chain.read("disputeGame", "limits", [], { signal });
    for (const { gameId, steps } of games) {
      const times = await Promise.all(steps.map(({ transactionHash }) => timeOf(transactionHash)));
      for (const [i, { by }] of steps.entries()) {
        if (by !== "defender") continue;
        const waited = times[i]! - times[i - 1]!;
        assert.ok(waited <= extensionSeconds, `game ${gameId}, move ${i}: after ${waited} s`);
      }
    }
    await network.passTo(Math.max(...games.map(({ steps }) => steps.at(-1)!.deadline))); // the stranger says no more
    await Promise.all(nodes);
    const ended = await gamesOf(network, taskId);
    assert.deepEqual(new Set(ended.map(({ end }) => end?.outcome)), new Set(["ChallengerLate"]));
  });

  it("ends a game once more whose end a reorganisation took back", LIMIT, async () => {
    const { signal, admin } = network;
    const { taskId, nodes, stranger, events } = await openRound();
    await challengeFirst(network, stranger, taskId, 2);
    await waitFor(async () => (await gamesOf(network, taskId)).every(({ steps }) => steps.length >= 2));
    const [first, second] = await gamesOf(network, taskId);
    const { deadline, position, points } = second!.steps.at(-1)!;
    await network.passTo(deadline - 3); // so that this game lasts longer than the other, and holds the round
    await stranger.chain.send("disputeGame", "pick", [second!.gameId, position, points, 0n], { signal });
    await waitFor(async () => (await gamesOf(network, taskId))[1]!.steps.length >= 4);
    const snapshot = await request("evm_snapshot", []);
    const firstEnd = () =>
      events.filter((event) => event.event === "disputeEnded" && event.game === `${first!.gameId}`);
    await network.passTo(first!.steps.at(-1)!.deadline);
    await waitFor(async () => firstEnd().length === 1);
    const trainer = first!.claim.trainer;
    const owed = () => admin.chain.read("disputeGame", "withdrawable", [trainer], { signal });
    await waitFor(async () => (await owed()) === 0n); // a revert forgets what is under way, which no reorganisation does

    await request("evm_revert", [snapshot]);
    assert.equal((await gamesOf(network, taskId))[0]!.end, undefined, "taken back");
    await network.passTo(first!.steps.at(-1)!.deadline);
    // By the very transaction or by another: a node sends again what was taken back, and tells of the same end once.
    await waitFor(async () => (await gamesOf(network, taskId))[0]!.end !== undefined);
    await network.passTo((await gamesOf(network, taskId))[1]!.steps.at(-1)!.deadline);
    await Promise.all(nodes);
    const ended = await gamesOf(network, taskId);
    assert.deepEqual(
      ended.map(({ end }) => end?.outcome),
      ["ChallengerLate", "ChallengerLate"],
    );
  });

  interface OpenRound {
    readonly taskId: bigint;
    readonly nodes: Promise<void>[];
    readonly stranger: Participant;
    /** The trainer's. */
    readonly events: NodeEvent[];
  }

  /** A round in `Challenge`, whose one update is honest. */
  async function openRound(): Promise<OpenRound> {
    const taskId = await network.createTask({ ...ONE_UPDATE, challengeSeconds: 60 });
    const settings = { taskIds: [taskId] };
    const nodes = (await startAuditors(network, [settings, settings, settings])).map(({ done }) => done);
    const events: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => void events.push(event);
    nodes.push(network.start(await network.participant("trainer"), ["trainer"], { ...settings, onEvent }).done);
    const stranger = await network.participant("stranger");
    await reachChallenge(network, taskId);
    return { taskId, nodes, stranger, events };
  }

  async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
    const { signal } = network;
    while (!(await isSo())) await pause(100, signal);
  }

  async function request(method: string, params: readonly unknown[]): Promise<unknown> {
    return network.admin.chain.client.request({ method: method as never, params: params as never });
  }

  async function timeOf(hash: `0x${string}`): Promise<number> {
    const { client } = network.admin.chain;
    const { blockNumber } = await client.getTransactionReceipt({ hash });
    return Number((await client.getBlock({ blockNumber })).timestamp);
  }
});
