/** Two cohorts of real nodes train one model: after each round their versions are merged, and both go on from the merge. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readCohorts, readGroup } from "../../trainer/src/chain/cohorts.ts";
import { readRound, revealedUpdates } from "../../trainer/src/chain/task.ts";
import { cohortPlace } from "../../trainer/src/cli/cohortPlace.ts";
import type { CreatedGroup } from "../../trainer/src/cli/groupCreation.ts";
import type { CreatedTask } from "../../trainer/src/cli/taskCreation.ts";
import { encodeParameters } from "../../trainer/src/engine/checkpoint.ts";
import { decodeSafetensors, ROOT_NAME } from "../../trainer/src/engine/safetensors.ts";
import { computeContentRef } from "../../trainer/src/network/contentDigest.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { decodePlan } from "../../trainer/src/protocol/plan.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

const EPOCHS = 2;
const COHORTS = 2;

const { fround } = Math;

describe("a group of two cohorts of two trainers each", () => {
  let network: LocalNetwork;
  let group: CreatedGroup;
  const merged: Extract<NodeEvent, { event: "merged" }>[] = [];
  const errors: NodeEvent[] = [];

  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("trains two epochs, and every node ends by itself", { timeout: 240_000 }, async () => {
    group = await network.createGroup({ cohorts: COHORTS }, { rounds: EPOCHS, trainers: 4, committeeSize: 3 });
    const taskIds = group.tasks.map(({ taskId }) => taskId);
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "merged") merged.push(event);
      if (event.event === "error") errors.push(event);
    };
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const running = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds, onEvent }));
    await network.auditorsCount(auditors.length);
    const places: bigint[] = [];
    for (let i = 0; i < 4; i++) {
      const trainer = await network.participant(`trainer-${i}`);
      const who = { groupId: group.groupId, node: trainer.chain.account!.address };
      const taskId = await cohortPlace(trainer.chain, who, { signal: network.signal });
      places.push(taskId);
      await network.enrol(trainer, taskId); // before the next one looks for a place
      running.push(network.start(trainer, ["trainer"], { taskIds: [taskId], onEvent }));
    }
    assert.deepEqual(
      places,
      [0, 1, 0, 1].map((cohort) => taskIds[cohort]),
      "each in the emptiest cohort",
    );
    await Promise.all(running.map(({ done }) => done));
    assert.deepEqual(errors, [], "waiting for a merge is no error");
  });

  it("has a version of the group's model for each epoch, and both cohorts retired", async () => {
    const { admin, signal } = network;
    const view = await readGroup(admin.chain, group.groupId, { signal });
    assert.deepEqual([view.epoch, view.mergedEpoch, view.active], [EPOCHS + 1, EPOCHS, 0]);
    assert.equal(await admin.chain.read("modelRegistry", "latestVersion", [group.modelId], { signal }), BigInt(EPOCHS));
    const attesting = new Set(merged.map(({ epoch, digest }) => `${epoch} ${digest}`));
    assert.equal(attesting.size, EPOCHS, "all who merged found the same");
  });

  it("merged what one process makes of the same files, and trained the second epoch from it", async () => {
    const { admin, signal } = network;
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      const expected = await mergeHere(epoch);
      const root = await versionOf(group.modelId, BigInt(epoch));
      assert.equal(root.weightsDigest, (await computeContentRef(expected)).digest, `epoch ${epoch}`);
      for (const { modelId, taskId } of group.tasks) {
        assert.equal((await versionOf(modelId, BigInt(2 * epoch))).weightsDigest, root.weightsDigest, "adopted");
        if (epoch === EPOCHS) continue;
        const { baseVersion } = await readRound(admin.chain, taskId, epoch + 1, { signal });
        assert.equal(baseVersion, BigInt(2 * epoch), "the next round's base");
      }
    }
  });

  it("gives each cohort records of its own", async () => {
    const { admin, signal } = network;
    const plans = await Promise.all(
      group.tasks.map(async ({ plan }) => decodePlan(await admin.store.get(plan, { signal }))),
    );
    assert.deepEqual(
      plans.map(({ data }) => [data.shards, data.cohort]),
      [
        [2, { index: 0, of: 2 }],
        [2, { index: 1, of: 2 }],
      ],
    );
  });

  async function versionOf(modelId: bigint, version: bigint) {
    return network.admin.chain.read("modelRegistry", "versionOf", [modelId, version], { signal: network.signal });
  }

  /** The formula of docs/cohorts.md, written out: `(Σ nₖ·wₖ) / N`, every step rounded, cohorts in order. */
  async function mergeHere(epoch: number): Promise<Uint8Array> {
    const { admin, signal } = network;
    const views = await readCohorts(admin.chain, { groupId: group.groupId, cohorts: COHORTS }, { signal });
    const sums = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    let total = 0;
    for (const { modelId, taskId } of views) {
      const round = await readRound(admin.chain, taskId, epoch, { signal });
      const where = { taskId, round: epoch, openedAtBlock: BigInt(round.openedAtBlock) };
      const accepted = (await revealedUpdates(admin.chain, where, { signal })).filter(
        ({ index }) => (round.acceptedBitmap >> BigInt(index)) & 1n,
      );
      assert.equal(accepted.length, 2, "both trainers' updates");
      const samples = accepted.reduce((sum, { sampleCount }) => sum + sampleCount, 0);
      total += samples;
      const own = await versionOf(modelId, round.publishedVersion);
      const bytes = await admin.store.get({ digest: own.weightsDigest, byteLength: own.weightsByteLength }, { signal });
      for (const [name, { shape, data }] of decodeSafetensors(bytes, { maxBytes: bytes.length }).tensors) {
        if (name === ROOT_NAME) continue;
        const sum = sums.get(name) ?? { shape, data: new Float32Array(data.length) };
        data.forEach((weight, i) => {
          sum.data[i] = fround(sum.data[i]! + fround(fround(samples) * weight));
        });
        sums.set(name, sum);
      }
    }
    for (const { data } of sums.values()) {
      for (const [i, sum] of data.entries()) data[i] = fround(sum / fround(total));
    }
    return encodeParameters(sums);
  }
});

describe("a group of which one cohort never begins", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("goes on without it once the wait is over", { timeout: 120_000 }, async () => {
    const { admin, signal } = network;
    const { groupId, modelId, tasks } = await network.createGroup(
      { cohorts: 2, gatherSeconds: 3 },
      { rounds: 2, trainers: 2, committeeSize: 1 },
    );
    const [{ taskId, modelId: branchId }] = tasks as [CreatedTask];
    const auditor = await network.participant("auditor");
    const auditing = network.start(auditor, ["auditor"], { taskIds: [taskId] });
    await network.auditorsCount(1);
    const trainer = await network.participant("trainer");
    await network.start(trainer, ["trainer"], { taskIds: [taskId] }).done;
    await auditing.done;
    const view = await readGroup(admin.chain, groupId, { signal });
    assert.deepEqual([view.mergedEpoch, view.active], [2, 1], "merged twice; the other cohort may still come");
    const read = (model: bigint, version: bigint) =>
      admin.chain.read("modelRegistry", "versionOf", [model, version], { signal });
    for (const epoch of [1n, 2n]) {
      const [own, merged] = [await read(branchId, 2n * epoch - 1n), await read(modelId, epoch)];
      assert.equal(merged.weightsDigest, own.weightsDigest, "the only cohort's version is taken as it is");
    }
  });
});
