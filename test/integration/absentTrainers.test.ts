/** Challenges for nothing against trainers that are away: somebody else answers for them. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ChainError } from "../../trainer/src/chain/chainError.ts";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { challengeFirst, gamesOf, ONE_UPDATE, reachChallenge, startAuditors, trainAndGo } from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("the update of a trainer that is away", () => {
  let network: LocalNetwork;
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is defended by an auditor that replayed it, and its trainer loses nothing", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask(ONE_UPDATE);
    const events: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => void events.push(event);
    const settings = { taskIds: [taskId], claims: false, onEvent }; // no pay among the bonds
    const auditors = await startAuditors(network, [{ ...settings, volunteerGames: 0 }, settings, settings]);
    const willing = auditors.slice(1);
    const trainer = await trainAndGo(network, taskId);
    const address = trainer.chain.account!.address;
    const stakeWei = await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal });

    const beforeWei = await Promise.all(willing.map(holdingsOf));
    const stranger = await network.participant("stranger");
    const gameId = await challengeFirst(network, stranger, taskId);
    const { deadline } = await admin.chain.read("disputeGame", "gameOf", [gameId], { signal });
    await network.passTo(deadline - 20); // time to see that nobody moves, and to get ready
    while ((await gamesOf(network, taskId)).length < 3) await pause(100, signal);
    const [, first, second] = await gamesOf(network, taskId);
    assert.deepEqual([first!.parentId, second!.parentId], [gameId, gameId]);
    const addresses = willing.map(({ chain }) => chain.account!.address);
    assert.deepEqual(new Set([first!.defender, second!.defender]), new Set(addresses));
    while ((await gamesOf(network, taskId))[1]!.steps.length < 2) await pause(100, signal);
    await network.passTo((await gamesOf(network, taskId))[1]!.steps[1]!.deadline); // the stranger says nothing more
    await Promise.all(auditors.map(({ done }) => done));

    const games = await gamesOf(network, taskId);
    assert.deepEqual(
      games.map(({ end }) => end?.outcome),
      ["Defended", "ChallengerLate", "Moot"],
    );
    assert.equal(games[0]!.end?.winner, first!.defender);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 1n, "the update stands");
    assert.equal(
      await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal }),
      stakeWei,
      "nothing is taken",
    );
    const { bondWei } = await admin.chain.read("disputeGame", "limits", [], { signal });
    const afterWei = await Promise.all(willing.map(holdingsOf));
    const gainedWei = new Map(addresses.map((account, i) => [account, afterWei[i]! - beforeWei[i]!]));
    assert.equal(gainedWei.get(first!.defender), bondWei / 2n, "its own bond back, and half of the challenger's");
    assert.equal(gainedWei.get(second!.defender), 0n, "its own bond back");
    const held = await admin.chain.read("cairnToken", "balanceOf", [admin.chain.deployment.contracts.disputeGame], {
      signal,
    });
    assert.equal(held, 0n, "the contract holds nothing for nobody");
    assert.equal(events.filter(({ event }) => event === "disputeTakenUp").length, 2);
  });

  it("is defended by the trainer itself where it is back late, and in time to take the game up", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask(ONE_UPDATE);
    const settings = { taskIds: [taskId], volunteerGames: 0 };
    const nodes = (await startAuditors(network, [settings, settings, settings])).map(({ done }) => done);
    const trainer = await network.participant("trainer");
    let lost = 0;
    const send: Chain["send"] = async (contract, name, args, options) => {
      const isFirst = name === "answer" && (args as readonly unknown[])[0] === 1n;
      if (!isFirst) return trainer.chain.send(contract, name, args, options);
      lost++;
      throw new ChainError({ code: "CHAIN_RPC_UNREACHABLE", rpcUrl: "nowhere" }, "its connection is down");
    };
    nodes.push(network.start({ ...trainer, chain: { ...trainer.chain, send } }, ["trainer"], settings).done);
    await reachChallenge(network, taskId);
    const gameId = await challengeFirst(network, await network.participant("stranger"), taskId);
    while (lost === 0) await pause(100, signal);
    await network.passTo((await admin.chain.read("disputeGame", "gameOf", [gameId], { signal })).deadline);
    while (((await gamesOf(network, taskId))[1]?.steps.length ?? 0) < 2) await pause(100, signal);
    await network.passTo((await gamesOf(network, taskId))[1]!.steps[1]!.deadline); // the stranger says nothing more
    await Promise.all(nodes);

    const [parent, sister] = await gamesOf(network, taskId);
    assert.equal(sister!.defender, trainer.chain.account!.address);
    assert.equal(parent!.end?.outcome, "Defended");
    assert.equal((await readRound(admin.chain, taskId, 1, { signal })).acceptedBitmap, 1n, "the update stands");
  });

  async function holdingsOf({ chain }: Participant): Promise<bigint> {
    return chain.read("cairnToken", "balanceOf", [chain.account!.address], { signal: network.signal });
  }
});
