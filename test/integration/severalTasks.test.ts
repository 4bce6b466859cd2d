/** A node in several tasks: one that it cannot enter must not cost it the others. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ensureDataset } from "../../trainer/src/cli/taskCreation.ts";
import { createBestExecutor } from "../../trainer/src/compute/createExecutor.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

/** Creates executors as a node does, and counts those that are still held. */
function countEngines() {
  const count = { created: 0, disposed: 0 };
  const create: typeof createBestExecutor = async (program, options) => {
    const executor = await createBestExecutor(program, options);
    const dispose = executor.dispose.bind(executor);
    count.created++;
    executor.dispose = () => {
      count.disposed++;
      dispose();
    };
    return executor;
  };
  return Object.assign(count, { create });
}

/** `TaskMode.Sealed` in the contract. */
const SEALED = 3;

describe("a node that is given a task it can take part in and one it cannot", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  async function variantOf(
    taskId: bigint,
    change: { mode: number } | { datasetId: bigint } | { maxUpdateBytes: number },
  ): Promise<bigint> {
    const { chain } = network.admin;
    const { signal } = network;
    const { parameters, escrowWei } = await chain.read("flContract", "taskOf", [taskId], { signal });
    await chain.send("cairnToken", "approve", [network.deployment.contracts.flContract, escrowWei], { signal });
    await chain.send("flContract", "createTask", [{ ...parameters, ...change }], { signal });
    return chain.read("flContract", "taskCount", [], { signal });
  }

  /** @returns the number of a data set that is registered with this root and number of records. */
  async function register(root: `0x${string}`, records: bigint): Promise<bigint> {
    const { chain } = network.admin;
    const { signal } = network;
    await chain.send("dataRegistry", "registerDataset", ["other", root, 100, root, records, true], { signal });
    return chain.read("dataRegistry", "datasetCount", [], { signal });
  }

  /** A node refuses this task before it stakes. */
  async function assertRefused(taskId: bigint): Promise<void> {
    const participant = await network.participant(`careful-${taskId}`);
    const node = network.start(participant, ["trainer"], { taskIds: [taskId] });
    await assert.rejects(node.done, (error: unknown) => (error as { code?: string }).code === "NODE_PLAN_MISMATCH");
    const address = participant.chain.account!.address;
    assert.equal(await participant.chain.read("nodeRegistry", "stakeOf", [address], { signal: network.signal }), 0n);
  }

  it("says why it leaves the one out, joins the other, and ends when it is stopped", async () => {
    const replayable = await network.createTask({ rounds: 1, trainers: 2 });
    const other = await variantOf(replayable, { mode: SEALED });
    const events: NodeEvent[] = [];
    const engines = countEngines();
    const node = network.start(await network.participant("both"), ["trainer"], {
      taskIds: [other, replayable],
      createExecutor: engines.create,
      onEvent: (event) => {
        events.push(event);
        if (event.event === "joined") node.stop();
      },
    });
    await node.done;
    const joined = events.filter((event) => event.event === "joined").map(({ task }) => task);
    assert.deepEqual(joined, [replayable.toString()]);
    const codes = events.filter((event) => event.event === "error").map(({ code }) => code);
    assert.deepEqual(codes, ["NODE_TASK_UNSUPPORTED"]);
    assert.equal(events.at(-1)?.event, "stopped");
    assert.deepEqual([engines.created, engines.disposed], [1, 1], "the executor's memory is given back");
  });

  it("leaves out a task whose plan names other data than the one that is registered, before it stakes", async () => {
    const datasetId = await register(`0x${"ab".repeat(32)}`, 10n);
    await assertRefused(await variantOf(await network.createTask({ rounds: 1, trainers: 2 }), { datasetId }));
  });

  it("leaves out a task whose data is registered with too few records, and has no owner take that up", async () => {
    const { admin, dataset, signal } = network;
    const datasetId = await register(dataset.manifest.recordsRoot, 1n);
    await assertRefused(await variantOf(await network.createTask({ rounds: 1, trainers: 2 }), { datasetId }));
    const found = await ensureDataset({ chain: admin.chain, signal }, dataset.manifest, true);
    assert.notEqual(found.datasetId, datasetId);
  });

  it("leaves out a task that takes no update of the size that its plan makes", async () => {
    const taskId = await network.createTask({ rounds: 1, trainers: 2 });
    const { chain } = network.admin;
    const { maxUpdateBytes } = (await chain.read("flContract", "taskOf", [taskId], { signal: network.signal }))
      .parameters;
    await assertRefused(await variantOf(taskId, { maxUpdateBytes: maxUpdateBytes - 1 }));
  });

  it("ends with the reason when there is no task it can take part in", async () => {
    const replayable = await network.createTask({ rounds: 1, trainers: 2 });
    const other = await variantOf(replayable, { mode: SEALED });
    const node = network.start(await network.participant("none"), ["trainer"], { taskIds: [other] });
    await assert.rejects(node.done, (error: unknown) => (error as { code?: string }).code === "NODE_TASK_UNSUPPORTED");
  });
});
