/** Auditors are drawn by stake for any task: what they can judge they judge, what they cannot they refuse, in time. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { announceNode } from "../../trainer/src/node/announcement.ts";
import { newSalt } from "../../trainer/src/node/journal.ts";
import { keep } from "../../trainer/src/node/keeper.ts";
import { ensureStake } from "../../trainer/src/node/membership.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { openNodeKeys } from "../../trainer/src/node/nodeKeys.ts";
import { type UpdateOpening, updateCommitment } from "../../trainer/src/protocol/commitment.ts";
import { ABIS } from "../../trainer/src/protocol/generated/abi.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

type Refused = Extract<NodeEvent, { event: "refused" }>;

describe("auditors that are drawn for tasks nobody gave them", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("judge the one that they can work for, refuse the other with the reason, and lose no stake", async () => {
    const { signal, admin } = network;
    const own = await network.createTask({ rounds: 1, trainers: 2, committeeSize: 3 }); // opens no round: nobody joins
    const unusable = await withOtherData(own);
    const refused: Refused[] = [];
    const replayed: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "refused") refused.push(event);
      if (event.event === "replayed") replayed.push(event);
    };
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const nodes = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds: [own], onEvent }));
    await network.auditorsCount(auditors.length);
    const usable = await network.createTask({ rounds: 1, trainers: 2, committeeSize: 3 });

    const trainers = await Promise.all([0, 1].map((i) => network.participant(`trainer-${i}`)));
    await Promise.all(trainers.map((it) => network.start(it, ["trainer"], { taskIds: [usable] }).done));
    const judged = await readRound(admin.chain, usable, 1, { signal });
    assert.deepEqual([judged.phase, judged.acceptedBitmap, judged.verdictsRevealed], ["Final", 0b11n, 3]);
    assert.equal(replayed.length, 6, "three auditors replayed two updates");

    const strangers = await Promise.all([0, 1].map((i) => network.participant(`stranger-${i}`)));
    for (const stranger of strangers) await network.enrol(stranger, unusable);
    await admin.chain.send("flContract", "openRound", [unusable], { signal });
    await Promise.all(strangers.map((stranger) => handIn(stranger, unusable)));
    await draw(unusable);
    await reach(unusable, "Failed");
    const round = await readRound(admin.chain, unusable, 1, { signal });
    assert.deepEqual([round.verdictsRevealed, round.acceptedBitmap], [3, 0n]);
    assert.equal(round.failure, NOTHING_ACCEPTED, "with a quorum of verdicts: nobody was silent");
    assert.deepEqual(
      refused.map(({ task, code, judged: done, updates }) => ({ task, code, done, updates })),
      Array(3).fill({ task: `${unusable}`, code: "NODE_PLAN_MISMATCH", done: 0, updates: 2 }),
    );
    const slashes = await admin.chain.client.getContractEvents({
      address: network.deployment.contracts.nodeRegistry,
      abi: ABIS.nodeRegistry,
      eventName: "StakeSlashed",
      fromBlock: 0n,
    });
    assert.deepEqual(slashes, []);
    for (const node of nodes) node.finish();
    await Promise.all(nodes.map(({ done }) => done));
  });

  it("goes on refusing when none of its own tasks can be entered, for its stake can be drawn all the same", async () => {
    const { signal } = network;
    const unusable = await withOtherData(await network.createTask({ rounds: 1, trainers: 1, committeeSize: 1 }));
    const auditor = await network.participant("stranded");
    const { chain, store, dataDir } = auditor;
    const identity = {
      keys: await openNodeKeys(dataDir),
      multiaddrs: store.peer.multiaddrs,
      roles: ["auditor"],
    } as const;
    await announceNode(chain, identity, { signal });
    const { minStakeWei } = (await chain.read("flContract", "taskOf", [unusable], { signal })).parameters;
    await ensureStake(chain, minStakeWei, { signal });
    const errors: string[] = [];
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "error") errors.push(event.code);
    };
    const node = network.start(auditor, ["auditor"], { taskIds: [unusable], onEvent });
    const isOver = await Promise.race([node.done.then(() => true), pause(3_000, signal).then(() => false)]);
    assert.deepEqual([isOver, errors], [false, ["NODE_PLAN_MISMATCH"]]);
    node.finish();
    await node.done;
  });

  /** `FailureReason.NothingAccepted`. */
  const NOTHING_ACCEPTED = 5;

  /** @returns a task whose plan names other data than are registered: no node enters it. */
  async function withOtherData(taskId: bigint): Promise<bigint> {
    const { chain } = network.admin;
    const { signal } = network;
    const root = toHex(randomBytes(32));
    await chain.send("dataRegistry", "registerDataset", ["other", root, 100, root, 10n, true], { signal });
    const datasetId = await chain.read("dataRegistry", "datasetCount", [], { signal });
    const { parameters, escrowWei } = await chain.read("flContract", "taskOf", [taskId], { signal });
    await chain.send("cairnToken", "approve", [network.deployment.contracts.flContract, escrowWei], { signal });
    await chain.send("flContract", "createTask", [{ ...parameters, datasetId }], { signal });
    return chain.read("flContract", "taskCount", [], { signal });
  }

  async function reach(taskId: bigint, phase: string): Promise<void> {
    const { signal, admin } = network;
    while (!signal.aborted && (await readRound(admin.chain, taskId, 1, { signal })).phase !== phase) {
      await pause(100, signal);
    }
  }

  /** No node runs the task, so the test keeps its house. */
  async function draw(taskId: bigint): Promise<void> {
    const { admin, signal } = network;
    await reach(taskId, "Draw");
    const { seedTargetBlock } = await readRound(admin.chain, taskId, 1, { signal });
    while ((await admin.chain.client.getBlockNumber()) <= seedTargetBlock) await pause(100, signal);
    await keep("drawCommittee", { chain: admin.chain, taskId, seedTargetBlock }, { signal });
  }

  /** Anything will do: nobody can open the task, let alone judge. */
  async function handIn({ chain, store }: Participant, taskId: bigint): Promise<void> {
    const { signal, deployment } = network;
    const { digest, byteLength } = await store.put(randomBytes(100), { signal });
    const root = toHex(randomBytes(32));
    const opening: UpdateOpening = {
      updateDigest: digest,
      byteLength,
      traceRoot: root,
      sampleCount: 1,
      salt: newSalt(),
    };
    const { chainId, contracts } = deployment;
    const sender = chain.account!.address;
    const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round: 1, sender };
    await chain.send("flContract", "commitUpdate", [taskId, updateCommitment(scope, opening)], { signal });
    await reach(taskId, "Reveal");
    await chain.send("flContract", "revealUpdate", [taskId, opening], { signal });
  }
});
