/** A game whose sides both fall silent: it holds its round until somebody else ends it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { ABANDONED_EXTENSIONS } from "../../trainer/src/node/abandonedGames.ts";
import {
  challengeAggregate,
  challengeFirst,
  gamesAbout,
  gamesOf,
  isChallengersTurn,
  ONE_UPDATE,
  proposerOf,
  startAuditors,
  trainAndGo,
} from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

describe("a game that neither side ends", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is ended by the auditors' nodes, so that its round goes on", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask(ONE_UPDATE);
    const settings = { taskIds: [taskId], volunteerGames: 0 };
    const auditors = await startAuditors(network, [settings, settings, settings]);
    await trainAndGo(network, taskId);
    const stranger = await network.participant("stranger"); // challenges, and sends nothing any more
    const gameId = await challengeFirst(network, stranger, taskId);
    const { deadline } = await admin.chain.read("disputeGame", "gameOf", [gameId], { signal });
    const { extensionSeconds } = await admin.chain.read("disputeGame", "limits", [], { signal });
    await network.passTo(deadline + (ABANDONED_EXTENSIONS + 1) * extensionSeconds);
    await Promise.all(auditors.map(({ done }) => done));

    const [game] = await gamesOf(network, taskId);
    assert.equal(game!.end?.outcome, "DefenderLate");
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Failed", "the only update is struck, and the round over");
  });

  it("is ended so where it is about an aggregate, too, and costs who fell silent first", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask(ONE_UPDATE, { aggregation: { kind: "fedavg" } });
    const settings = { taskIds: [taskId], volunteerGames: 0 };
    const auditors = await startAuditors(network, [settings, settings, settings]);
    await trainAndGo(network, taskId);
    const proposer = await proposerOf(network, taskId, auditors);
    const stranger = await network.participant("stranger"); // challenges, and sends nothing any more
    await challengeAggregate(network, stranger, taskId);
    const answered = () => gamesAbout("aggregate", network, taskId);
    while (!isChallengersTurn((await answered())[0]!)) await pause(100, signal);
    proposer.stop(); // it has answered, and would say that the stranger is late
    await proposer.done;
    const { deadline } = (await answered())[0]!.steps.at(-1)!;
    const { extensionSeconds } = await admin.chain.read("aggregateGame", "limits", [], { signal });
    await network.passTo(deadline + (ABANDONED_EXTENSIONS + 1) * extensionSeconds);
    await Promise.all(auditors.map(({ done }) => done));

    const [game, ...others] = await answered();
    assert.deepEqual([game!.end?.outcome, game!.end?.winner], ["ChallengerLate", proposer.chain.account!.address]);
    assert.equal(others.length, 0);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.deepEqual([round.phase, round.aggregateDigest], ["Final", game!.claim.digest], "the aggregate stands");
  });
});
