/** Challenges for nothing against trainers that are away: somebody else answers for them. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { challengeFirst, gamesOf } from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("the update of a trainer that is away", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is defended by an auditor that replayed it, and its trainer loses nothing", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 1, committeeSize: 3, challengeSeconds: 20 });
    const events: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => void events.push(event);
    const settings = { taskIds: [taskId], claims: false, onEvent }; // no pay among the bonds
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const [volunteer, ...others] = auditors;
    const nodes = others.map((auditor) => network.start(auditor, ["auditor"], { ...settings, volunteerGames: 0 }).done);
    nodes.push(network.start(volunteer!, ["auditor"], settings).done);
    const trainer = await network.participant("trainer");
    const training = network.start(trainer, ["trainer"], { taskIds: [taskId] });
    while ((await readRound(admin.chain, taskId, 1, { signal })).phase !== "Challenge") await pause(100, signal);
    training.stop(); // killed before anybody challenges it
    await training.done;
    const address = trainer.chain.account!.address;
    const stakeWei = await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal });

    const beforeWei = await holdingsOf(volunteer!);
    const stranger = await network.participant("stranger");
    const gameId = await challengeFirst(network, stranger, taskId);
    const { deadline } = await admin.chain.read("disputeGame", "gameOf", [gameId], { signal });
    await network.passTo(deadline - 20); // time to see that nobody moves, and to get ready
    while ((await gamesOf(network, taskId)).length < 2) await pause(100, signal);
    const [, sister] = await gamesOf(network, taskId);
    assert.equal(sister!.parentId, gameId);
    assert.equal(sister!.defender, volunteer!.chain.account!.address, "those that were told not to stay away");
    while ((await gamesOf(network, taskId))[1]!.steps.length < 2) await pause(100, signal);
    await network.passTo((await gamesOf(network, taskId))[1]!.steps[1]!.deadline); // the stranger says nothing more
    await Promise.all(nodes);

    const [parent, won] = await gamesOf(network, taskId);
    assert.equal(won!.end?.outcome, "ChallengerLate");
    assert.equal(parent!.end?.outcome, "Defended");
    assert.equal(parent!.end?.winner, volunteer!.chain.account!.address);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 1n, "the update stands");
    assert.equal(
      await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal }),
      stakeWei,
      "nothing is taken",
    );
    const { bondWei } = await admin.chain.read("disputeGame", "limits", [], { signal });
    assert.equal(await holdingsOf(volunteer!), beforeWei + bondWei, "its own bond back, and the challenger's");
    const held = await admin.chain.read("cairnToken", "balanceOf", [admin.chain.deployment.contracts.disputeGame], {
      signal,
    });
    assert.equal(held, 0n, "the contract holds nothing for nobody");
    assert.equal(events.filter(({ event }) => event === "disputeTakenUp").length, 1);
  });

  async function holdingsOf({ chain }: Participant): Promise<bigint> {
    return chain.read("cairnToken", "balanceOf", [chain.account!.address], { signal: network.signal });
  }
});
