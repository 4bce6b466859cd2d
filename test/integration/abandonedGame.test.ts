/** A game whose sides both fall silent: it holds its round until somebody else ends it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { ABANDONED_EXTENSIONS } from "../../trainer/src/node/abandonedGames.ts";
import { challengeFirst, gamesOf } from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

describe("a game that neither side ends", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is ended by the auditors' nodes, so that its round goes on", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 1, committeeSize: 3, challengeSeconds: 20 });
    const settings = { taskIds: [taskId], volunteerGames: 0 };
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const nodes = auditors.map((auditor) => network.start(auditor, ["auditor"], settings).done);
    const trainer = await network.participant("trainer");
    const training = network.start(trainer, ["trainer"], { taskIds: [taskId] });
    while ((await readRound(admin.chain, taskId, 1, { signal })).phase !== "Challenge") await pause(100, signal);
    training.stop();
    await training.done;
    const stranger = await network.participant("stranger"); // challenges, and sends nothing any more
    const gameId = await challengeFirst(network, stranger, taskId);
    const { deadline } = await admin.chain.read("disputeGame", "gameOf", [gameId], { signal });
    const { extensionSeconds } = await admin.chain.read("disputeGame", "limits", [], { signal });
    await network.passTo(deadline + (ABANDONED_EXTENSIONS + 1) * extensionSeconds);
    await Promise.all(nodes);

    const [game] = await gamesOf(network, taskId);
    assert.equal(game!.end?.outcome, "DefenderLate");
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Failed", "the only update is struck, and the round over");
  });
});
