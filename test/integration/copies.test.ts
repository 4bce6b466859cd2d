/** A second identity that hands in its sibling's work once more: marked on chain by the committee, and paid nothing. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { committedTrainers } from "../../trainer/src/chain/commitOrder.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound, revealedUpdates } from "../../trainer/src/chain/task.ts";
import { encodeParameters } from "../../trainer/src/engine/checkpoint.ts";
import { decodeSafetensors } from "../../trainer/src/engine/safetensors.ts";
import { newSalt, openJournal } from "../../trainer/src/node/journal.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type UpdateOpening, updateCommitment } from "../../trainer/src/protocol/commitment.ts";
import { ABIS } from "../../trainer/src/protocol/generated/abi.ts";
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
    await copy(copier, original!);
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

    /** As one who owns both would: takes the sibling's record and bytes, changes them a little, and commits after it. */
    async function copy(thief: Participant, from: Participant): Promise<void> {
      const view = await until(1, "Commit");
      const opened = { taskId, round: 1, openedAtBlock: BigInt(view.openedAtBlock) };
      const victim = from.chain.account!.address;
      while (!(await committedTrainers(admin.chain, opened, { signal })).some(({ trainer }) => trainer === victim)) {
        await pause(50, signal);
      }
      const { chainId, contracts } = network.deployment;
      const owner = { chainId, flContract: contracts.flContract, account: victim };
      const journal = openJournal(`${from.dataDir}/journal`, owner);
      const opening = (await journal.updateOpening({ taskId, round: 1, seed: view.seed }))!;
      const bytes = await from.store.get({ ...opening, digest: opening.updateDigest }, { signal });
      const { tensors } = decodeSafetensors(bytes, { maxBytes: 2 ** 20 });
      const weights = [...tensors].filter(([name]) => name !== "~root");
      const changed = weights.map(([name, { shape, data }]) => {
        return [name, { shape, data: data.map((weight, i) => weight + (i % 7) * 1e-6) }] as const;
      });
      const { digest, byteLength } = await thief.store.put(encodeParameters(new Map(changed)), { signal });
      const own: UpdateOpening = { ...opening, updateDigest: digest, byteLength, salt: newSalt() };
      const sender = thief.chain.account!.address;
      const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round: 1, sender };
      await thief.chain.send("flContract", "commitUpdate", [taskId, updateCommitment(scope, own)], { signal });
      await until(1, "Reveal");
      await thief.chain.send("flContract", "revealUpdate", [taskId, own], { signal });
    }

    async function until(number: number, phase: string) {
      while (!signal.aborted) {
        const view = await readRound(admin.chain, taskId, number, { signal });
        if (view.phase === phase) return view;
        await pause(50, signal);
      }
      throw signal.reason;
    }
  });
});
