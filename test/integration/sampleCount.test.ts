/** A trainer that claims one record more than it has, to weigh more in the mean, before a bribed committee. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { decodeParameters } from "../../trainer/src/engine/checkpoint.ts";
import { openDisputeRun } from "../../trainer/src/node/disputeRun.ts";
import { openJob, versionBytes } from "../../trainer/src/node/job.ts";
import { newSalt } from "../../trainer/src/node/journal.ts";
import { updateOf } from "../../trainer/src/node/lateBitFlip.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type UpdateOpening, updateCommitment } from "../../trainer/src/protocol/commitment.ts";
import { trainingSeed } from "../../trainer/src/protocol/plan.ts";
import { startAuditors } from "./support/disputes.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("a right update with a false number of records", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("is struck by the one auditor who was not bribed, and costs its trainer its stake", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 2, committeeSize: 3, challengeSeconds: 10 });
    const events: NodeEvent[] = [];
    const settings = { taskIds: [taskId], onEvent: (event: NodeEvent): void => void events.push(event) };
    const bribed = { ...settings, misbehave: "lazy" } as const;
    const nodes = (await startAuditors(network, [bribed, bribed])).map(({ done }) => done);
    nodes.push(network.start(await network.participant("alone"), ["auditor"], settings).done);
    await network.auditorsCount(3);
    const honest = await network.participant("honest");
    nodes.push(network.start(honest, ["trainer"], settings).done);
    const boaster = await network.participant("boaster");
    await network.enrol(boaster, taskId);
    const claimed = await handIn(boaster, taskId);
    await Promise.all(nodes);

    const trainer = boaster.chain.account!.address;
    const proof = events.find((event) => event.event === "sampleCountDisproven");
    assert.ok(proof !== undefined, "the auditor that was not bribed proved it");
    assert.deepEqual([proof.trainer, proof.claimed, proof.actual], [trainer, claimed, claimed - 1]);
    assert.ok(await admin.chain.read("disputeGame", "isStruck", [taskId, 1, trainer], { signal }));
    const stakeWei = await admin.chain.read("nodeRegistry", "stakeOf", [trainer], { signal });
    assert.equal(stakeWei, 0n, "it had no more than the task's stake");
    const round = await readRound(admin.chain, taskId, 1, { signal });
    const address = honest.chain.account!.address;
    const { slot } = await admin.chain.read("flContract", "dutyOf", [taskId, 1, address], { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 1n << BigInt(slot), "the honest update alone");
  });

  /** Trains as it should, and claims one record too many. @returns the claim. */
  async function handIn({ chain, store }: Participant, taskId: bigint): Promise<number> {
    const { signal, dataset, admin } = network;
    await reach(taskId, "Commit");
    const sources = { chain, store: admin.store, openDataset: async () => dataset };
    const job = await openJob(sources, taskId, { signal });
    const { seed: roundSeed, baseVersion } = await readRound(chain, taskId, 1, { signal });
    const sender = chain.account!.address;
    const { slot } = await chain.read("flContract", "dutyOf", [taskId, 1, sender], { signal });
    const program = job.dispute!;
    const base = decodeParameters(await versionBytes(sources, job, baseVersion, { signal }), program.program);
    const seed = trainingSeed(roundSeed, taskId, 1, slot);
    const run = await openDisputeRun({ program, dataset, base, slot, seed });
    const { bytes, traceRoot } = updateOf(run, job.plan.traceStride);
    const { digest: updateDigest, byteLength } = await store.put(bytes, { signal });
    const sampleCount = program.shards[run.shard]!.length + 1;
    const opening: UpdateOpening = { updateDigest, byteLength, traceRoot, sampleCount, salt: newSalt() };
    const { chainId, contracts } = network.deployment;
    const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round: 1, sender };
    await chain.send("flContract", "commitUpdate", [taskId, updateCommitment(scope, opening)], { signal });
    await reach(taskId, "Reveal");
    await chain.send("flContract", "revealUpdate", [taskId, opening], { signal });
    run.dispose();
    job.dispose();
    return sampleCount;
  }

  async function reach(taskId: bigint, phase: string): Promise<void> {
    const { admin, signal } = network;
    while (!signal.aborted && (await readRound(admin.chain, taskId, 1, { signal })).phase !== phase) {
      await pause(100, signal);
    }
  }
});
