/** Nodes against a bribed committee that agrees on a wrong mean: one honest auditor overrules it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { meanHistory, openedMeanGames } from "../../trainer/src/chain/aggregateGames.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

describe("a false aggregate", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is overruled by one honest auditor against a quorum of bribed ones, and the next committee's is published", async () => {
    const { signal, admin } = network;
    const terms = { rounds: 1, trainers: 2, committeeSize: 3, challengeSeconds: 20 };
    const taskId = await network.createTask(terms, { aggregation: { kind: "fedavg" } });
    const events: NodeEvent[] = [];
    const settings = { taskIds: [taskId], onEvent: (event: NodeEvent): void => void events.push(event) };
    const bribed = await Promise.all([0, 1].map((i) => network.participant(`bribed-${i}`)));
    const nodes = bribed.map(
      (auditor) => network.start(auditor, ["auditor"], { ...settings, misbehave: "false-aggregate" }).done,
    );
    const alone = await network.participant("alone");
    nodes.push(network.start(alone, ["auditor"], settings).done);
    await network.auditorsCount(3);
    for (const name of ["first", "second"]) {
      nodes.push(network.start(await network.participant(name), ["trainer"], settings).done);
    }
    await Promise.all(nodes);

    const [game, ...others] = await openedMeanGames(admin.chain, { taskId, fromBlock: 0n }, { signal });
    assert.ok(game !== undefined, "a game was opened");
    const { end, steps } = await meanHistory(admin.chain, game, { signal });
    assert.equal(end?.outcome, "Disproven");
    assert.equal(end?.winner, alone.chain.account!.address);
    assert.ok(steps.length >= 5);
    assert.ok(bribed.some(({ chain }) => chain.account!.address === game.claim.proposer));
    const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
    assert.equal(end?.takenWei, minStakeWei);
    const owed = await admin.chain.read("aggregateGame", "withdrawable", [alone.chain.account!.address], { signal });
    assert.equal(owed, 0n, "the bond went back to its account");
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.attempt, 1);
    assert.notEqual(round.aggregateDigest, game.claim.digest, "the false one is not the round's");
    assert.equal(others.length, 0, "the right one was not challenged");
  });
});
