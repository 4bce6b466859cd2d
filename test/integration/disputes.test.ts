/** Nodes in disputes: a bribed committee and a lie of one bit, both sides killed on the way; and a challenge for nothing. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { sideToMove } from "../../trainer/src/audit/dispute/game.ts";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { parseAggregationRule } from "../../trainer/src/learning/aggregation/rule.ts";
import { parseCompression } from "../../trainer/src/learning/compression/compression.ts";
import type { RunningNode } from "../../trainer/src/node/node.ts";
import { NodeError } from "../../trainer/src/node/nodeError.ts";
import type { NodeEvent, Role } from "../../trainer/src/node/nodeEvent.ts";
import { challengeFirst, gamesOf, ONE_UPDATE, reachChallenge, startAuditors } from "./support/disputes.ts";
import { type LocalNetwork, type NodeSettings, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("a disputed round", () => {
  let network: LocalNetwork;
  // One for each test: auditors of another would be drawn, and nobody would answer for them.
  beforeEach(async () => {
    network = await openLocalNetwork();
  });
  afterEach(() => network.stop());

  it("is won by one honest auditor against a bribed committee, though both players are killed on the way", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 2, committeeSize: 3, challengeSeconds: 20 });
    const events: NodeEvent[] = [];
    const settings = { taskIds: [taskId], onEvent: (event: NodeEvent): void => void events.push(event) };
    const bribed = { ...settings, misbehave: "lazy" } as const;
    const nodes = (await startAuditors(network, [bribed, bribed])).map(({ done }) => done);
    const alone = await network.participant("alone");
    nodes.push(runKilledAt(alone, ["auditor"], settings, "pickNode"));
    await network.auditorsCount(3);
    const honest = await network.participant("honest");
    nodes.push(network.start(honest, ["trainer"], settings).done);
    const liar = await network.participant("liar");
    nodes.push(runKilledAt(liar, ["trainer"], { ...settings, misbehave: "late-bit-flip" }, "openStep"));
    await Promise.all(nodes);

    const [game, ...others] = await gamesOf(network, taskId);
    assert.equal(others.length, 0, "the challenger opened one game, not another after its restart");
    assert.equal(game!.end?.outcome, "Disproven");
    assert.equal(game!.claim.trainer, liar.chain.account!.address);
    assert.equal(game!.end?.winner, alone.chain.account!.address);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    const { slot } = await admin.chain.read("flContract", "dutyOf", [taskId, 1, honest.chain.account!.address], {
      signal,
    });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 1n << BigInt(slot), "the honest update alone");
    const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
    assert.equal(game!.end?.takenWei, minStakeWei);
    const bounty = await admin.chain.read("nodeRegistry", "bountyOf", [alone.chain.account!.address], { signal });
    assert.equal(bounty, minStakeWei / 2n);
    const owed = await admin.chain.read("disputeGame", "withdrawable", [alone.chain.account!.address], { signal });
    assert.equal(owed, 0n, "the bond went back to its account");
    const shown = events.flatMap((event) =>
      event.event === "disputeMoved" && event.side === "challenger" ? [event] : [],
    );
    const last = shown.at(-1)!;
    assert.equal(last.stage, "Settle");
    assert.match(last.instruction ?? "", /^\S+ \+ \S+ × \S+ = \S+$/, "down to one multiply-add");
    assert.ok(shown.some(({ claimed, own }) => claimed !== undefined && own !== undefined && claimed !== own));
    assert.ok(events.some((event) => event.event === "warning" && event.code === "NODE_DISPUTE_LOST"));
    const { enrolled } = await admin.chain.read("flContract", "dutyOf", [taskId, 1, liar.chain.account!.address], {
      signal,
    });
    assert.equal(enrolled, false, "who lost a dispute leaves the task");
  });

  it("costs who challenges an honest update the bond, and the trainer nothing", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask(ONE_UPDATE);
    const settings = { taskIds: [taskId] };
    const nodes = (await startAuditors(network, [settings, settings, settings])).map(({ done }) => done);
    const trainer = await network.participant("trainer");
    nodes.push(network.start(trainer, ["trainer"], settings).done);
    await reachChallenge(network, taskId);
    const stranger = await network.participant("stranger");
    await challengeFirst(network, stranger, taskId);
    for (let picks = 0; ; await pause(100, signal)) {
      const [game] = await gamesOf(network, taskId);
      const { position, points } = game!.steps.at(-1)!;
      if (sideToMove(position) === "defender") continue;
      if (picks++ === 2) break;
      await stranger.chain.send("disputeGame", "pick", [game!.gameId, position, points, 0n], { signal });
    }
    const { client } = admin.chain;
    await client.request({ method: "evm_increaseTime" as never, params: [120] as never }); // and says no more
    await client.request({ method: "evm_mine" as never });
    await Promise.all(nodes);

    const [game] = await gamesOf(network, taskId);
    assert.equal(game!.end?.outcome, "ChallengerLate");
    assert.equal(game!.end?.takenWei, 0n);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 1n);
    const { bondWei } = await admin.chain.read("disputeGame", "limits", [], { signal });
    const address = trainer.chain.account!.address;
    const balance = await admin.chain.read("cairnToken", "balanceOf", [address], { signal });
    const stake = await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal });
    const { rewardPerUpdateWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
    const gainedWei = BigInt(rewardPerUpdateWei) + bondWei / 2n;
    assert.equal(balance + stake, 100n * 10n ** 18n + gainedWei, "its pay and half of the bond");
  });

  it("has no place for a liar where nothing can be disputed, and takes no stake of it", async () => {
    const { signal } = network;
    const compression = parseCompression({ codec: "int4" });
    const terms = { rounds: 1, trainers: 1, committeeSize: 1 };
    const compressed = await network.createTask(terms, { compression });
    const byMedian = await network.createTask(terms, { aggregation: parseAggregationRule({ kind: "median" }) });
    const lies = [
      ["late-bit-flip", compressed],
      ["false-aggregate", byMedian],
    ] as const;
    for (const [misbehave, task] of lies) {
      const liar = await network.participant(`liar-${task}`);
      const { done } = network.start(liar, ["trainer", "auditor"], { taskIds: [task], misbehave });
      await assert.rejects(done, (error) => error instanceof NodeError && error.code === "NODE_LIE_IMPOSSIBLE");
      const stake = await liar.chain.read("nodeRegistry", "stakeOf", [liar.chain.account!.address], { signal });
      assert.equal(stake, 0n);
    }
  });

  /** Runs a node, stops it as a call of that name is through, and starts it again. */
  async function runKilledAt(
    participant: Participant,
    roles: readonly Role[],
    settings: NodeSettings,
    functionName: string,
  ): Promise<void> {
    let node: RunningNode | undefined;
    let isKilled = false;
    const send: Chain["send"] = async (contract, name, args, options) => {
      const receipt = await participant.chain.send(contract, name, args, options);
      if (name === functionName && !isKilled) {
        isKilled = true;
        node?.stop();
      }
      return receipt;
    };
    node = network.start({ ...participant, chain: { ...participant.chain, send } }, roles, settings);
    await node.done;
    assert.ok(isKilled, `${functionName} was called`);
    await network.start(participant, roles, settings).done;
  }
});
