/** Challenges for nothing against an aggregate whose proposer is away: its fellow members answer for it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import {
  challengeAggregate,
  gamesAbout,
  isChallengersTurn,
  ONE_UPDATE,
  proposerOf,
  startAuditors,
  trainAndGo,
} from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

describe("the aggregate of a proposer that is away", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is defended by an auditor whose mean is the very same, and its proposer loses nothing", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask(ONE_UPDATE, { aggregation: { kind: "fedavg" } });
    const events: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => void events.push(event);
    const settings = { taskIds: [taskId], claims: false, onEvent }; // no pay among the bonds
    const auditors = await startAuditors(network, [settings, settings, settings]);
    await trainAndGo(network, taskId);
    const proposer = await proposerOf(network, taskId, auditors);
    proposer.stop(); // before anybody challenges it
    await proposer.done;
    const others = auditors.filter((auditor) => auditor !== proposer);
    const stakeWei = await stakeOf(proposer.chain.account!.address);
    const beforeWei = await Promise.all(others.map(({ chain }) => balanceOf(chain.account!.address)));

    const gameId = await challengeAggregate(network, await network.participant("stranger"), taskId);
    const { deadline } = await admin.chain.read("aggregateGame", "gameOf", [gameId], { signal });
    await network.passTo(deadline);
    const awaited = async () => (await games()).find((game) => game.parentId === gameId && isChallengersTurn(game));
    while ((await awaited()) === undefined) await pause(100, signal);
    await network.passTo((await awaited())!.steps.at(-1)!.deadline); // the stranger says nothing more
    await Promise.all(others.map(({ done }) => done));

    const [parent, ...sisters] = await games();
    assert.equal(parent!.end?.outcome, "Defended");
    const defender = others.find(({ chain }) => chain.account!.address === parent!.end?.winner);
    assert.ok(defender !== undefined, "one of the others won it");
    const won = sisters.filter(({ end }) => end?.outcome === "ChallengerLate");
    assert.deepEqual(
      won.map(({ defender: by }) => by),
      [defender.chain.account!.address],
    );
    assert.ok(
      sisters.every((game) => won.includes(game) || game.end?.outcome === "Moot"),
      "who was second has lost nothing",
    );
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.deepEqual([round.phase, round.attempt], ["Final", 0]);
    assert.equal(round.aggregateDigest, parent!.claim.digest, "the aggregate stands");
    assert.equal(await stakeOf(proposer.chain.account!.address), stakeWei, "nothing is taken");
    const { bondWei } = await admin.chain.read("aggregateGame", "limits", [], { signal });
    for (const [i, auditor] of others.entries()) {
      const gainedWei = (await balanceOf(auditor.chain.account!.address)) - beforeWei[i]!;
      const expectedWei: bigint = auditor === defender ? bondWei / 2n : 0n;
      assert.equal(gainedWei, expectedWei, "its own bond back; half of the challenger's to who won");
    }
    const taken = events.filter((event) => event.event === "disputeTakenUp");
    assert.equal(taken.length, sisters.length);
    assert.ok(taken.every((event) => event.about === "aggregate" && event.proposer === parent!.claimant));

    function games() {
      return gamesAbout("aggregate", network, taskId);
    }
  });

  function stakeOf(account: `0x${string}`): Promise<bigint> {
    return network.admin.chain.read("nodeRegistry", "stakeOf", [account], { signal: network.signal });
  }

  function balanceOf(account: `0x${string}`): Promise<bigint> {
    return network.admin.chain.read("cairnToken", "balanceOf", [account], { signal: network.signal });
  }
});
