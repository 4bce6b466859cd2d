/** Nodes against a bribed committee that agrees on a wrong mean: one honest auditor overrules it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isLost } from "../../trainer/src/audit/dispute/outline.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { gamesAbout, startAuditors } from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

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
    const lying = { ...settings, misbehave: "false-aggregate" } as const;
    const bribed = await startAuditors(network, [lying, lying]);
    const nodes = bribed.map(({ done }) => done);
    const alone = await network.participant("alone");
    nodes.push(network.start(alone, ["auditor"], settings).done);
    await network.auditorsCount(3);
    for (const name of ["first", "second"]) {
      nodes.push(network.start(await network.participant(name), ["trainer"], settings).done);
    }
    await Promise.all(nodes);

    const [game, ...others] = await gamesAbout("aggregate", network, taskId);
    assert.ok(game !== undefined, "a game was opened");
    const { end, steps } = game;
    assert.equal(end?.outcome, "Disproven");
    assert.equal(end?.winner, alone.chain.account!.address);
    assert.ok(steps.length >= 5);
    const told = events.flatMap((event) =>
      event.event === "disputeMoved" && event.side === "challenger" ? [event] : [],
    );
    assert.ok(told.every(({ about }) => about === "aggregate"));
    assert.equal(told[0]!.weights?.length, 2, "of both updates");
    const shown = told.find(({ claimed }) => claimed !== undefined);
    assert.notEqual(shown?.claimed, shown?.own, "what is claimed and what is right");
    const last = told.at(-1)!;
    assert.ok(
      last.by === "challenger" && isLost(last),
      "the proposer was given the time to have somebody stand in for it",
    );
    assert.match(last.instruction ?? "", /^\S+ ÷ \S+ = \S+$/, "down to the division by all records");
    assert.equal(Math.fround(Number(last.instruction!.split(" = ")[1])), last.own);
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

  it("is disproven all the same where a reorganisation takes back the challenge", async () => {
    const { signal, admin } = network;
    const terms = { rounds: 1, trainers: 1, committeeSize: 3, challengeSeconds: 90 };
    const taskId = await network.createTask(terms, { aggregation: { kind: "fedavg" } });
    const request = (method: string, params: readonly unknown[]): Promise<unknown> =>
      admin.chain.client.request({ method: method as never, params: params as never });
    const seen = Promise.withResolvers<void>();
    const reverted = Promise.withResolvers<void>();
    const settings = { taskIds: [taskId] };
    /** Nothing else must be under way then: a revert forgets that, which no reorganisation does. */
    const silent = async (name: string): Promise<Participant> => {
      const { chain, ...rest } = await network.participant(name);
      const send: typeof chain.send = async (contract, call, args, options) => {
        if (contract === "aggregateGame") await reverted.promise;
        return chain.send(contract, call, args, options);
      };
      return { ...rest, chain: { ...chain, send } };
    };
    const nodes: Promise<void>[] = [];
    for (const name of ["bribed-0", "bribed-1"]) {
      const bribed = { ...settings, misbehave: "false-aggregate" } as const;
      nodes.push(network.start(await silent(name), ["auditor"], bribed).done);
    }
    const { chain, ...alone } = await network.participant("alone");
    let snapshot: unknown;
    const send: typeof chain.send = async (contract, call, args, options) => {
      if (call === "open") snapshot ??= await request("evm_snapshot", []);
      return chain.send(contract, call, args, options);
    };
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "disputeMoved") seen.resolve();
    };
    nodes.push(network.start({ ...alone, chain: { ...chain, send } }, ["auditor"], { ...settings, onEvent }).done);
    await network.auditorsCount(3);
    nodes.push(network.start(await network.participant("trainer"), ["trainer"], settings).done);

    await Promise.race([seen.promise, ...nodes]);
    await request("evm_revert", [snapshot]);
    assert.equal((await gamesAbout("aggregate", network, taskId)).length, 0, "taken back");
    reverted.resolve();
    const { timestamp } = await admin.chain.client.getBlock();
    await network.passTo(Number(timestamp) + 30); // no transaction that was taken back comes in again after so long
    let round = await readRound(admin.chain, taskId, 1, { signal });
    while (round.attempt === 0 || round.phase !== "Challenge") {
      assert.notEqual(round.phase, "Final", "the false one was published");
      await pause(100, signal);
      round = await readRound(admin.chain, taskId, 1, { signal });
    }
    await network.passTo(round.deadline);
    await Promise.all(nodes);
    const games = await gamesAbout("aggregate", network, taskId);
    assert.deepEqual(
      games.map(({ end }) => end?.outcome),
      ["Disproven"],
    );
    assert.equal((await readRound(admin.chain, taskId, 1, { signal })).phase, "Final");
  });
});
