/** A second identity that hands in its sibling's work once more: marked on chain by the committee, and paid nothing. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readRound, revealedUpdates } from "../../trainer/src/chain/task.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { ABIS } from "../../trainer/src/protocol/generated/abi.ts";
import { copyUpdate } from "./support/copier.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("a round in which one trainer copies another's update", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("marks the copy, accepts the original and the honest, and takes nobody's stake", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 3, committeeSize: 3 });
    const marks: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "duplicate") marks.push(event);
    };
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    const nodes = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds: [taskId], onEvent }));
    await network.auditorsCount(auditors.length);
    const copier = await network.participant("copier");
    await network.enrol(copier, taskId);
    const [original, honest] = await Promise.all(["original", "honest"].map((name) => network.participant(name)));
    for (const trainer of [original!, honest!]) nodes.push(network.start(trainer, ["trainer"], { taskIds: [taskId] }));
    await copyUpdate(network, { taskId, copier, original: original! });
    await Promise.all(nodes.map(({ done }) => done));

    const round = await readRound(admin.chain, taskId, 1, { signal });
    const key = { taskId, round: 1, openedAtBlock: BigInt(round.openedAtBlock) };
    const updates = await revealedUpdates(admin.chain, key, { signal });
    const indexOf = ({ chain }: Participant) =>
      updates.find(({ trainer }) => trainer === chain.account!.address)!.index;
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, (1n << BigInt(indexOf(original!))) | (1n << BigInt(indexOf(honest!))));
    const found = await admin.chain.client.getContractEvents({
      address: network.deployment.contracts.flContract,
      abi: ABIS.flContract,
      eventName: "DuplicatesFound",
      fromBlock: 0n,
      strict: true,
    });
    assert.deepEqual(
      found.map(({ args }) => args.duplicateBitmap),
      [1n << BigInt(indexOf(copier))],
    );
    assert.deepEqual(
      marks.map((event) => event.event === "duplicate" && [event.index, event.of]),
      Array(3).fill([indexOf(copier), indexOf(original!)]),
    );
    const address = copier.chain.account!.address;
    const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
    assert.equal(await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal }), minStakeWei);
    assert.equal(await admin.chain.read("flContract", "claimable", [taskId, address], { signal }), 0n);
  });
});
