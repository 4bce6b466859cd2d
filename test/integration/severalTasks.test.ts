/** A node in several tasks: one that it cannot enter must not cost it the others. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

/** `TaskMode.Private` in the contract. */
const PRIVATE = 2;

describe("a node that is given a task it can take part in and one it cannot", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  async function privateTask(model: bigint): Promise<bigint> {
    const { chain } = network.admin;
    const { signal } = network;
    const { parameters, escrowWei } = await chain.read("flContract", "taskOf", [model], { signal });
    await chain.send("cairnToken", "approve", [network.deployment.contracts.flContract, escrowWei], { signal });
    await chain.send("flContract", "createTask", [{ ...parameters, mode: PRIVATE }], { signal });
    return chain.read("flContract", "taskCount", [], { signal });
  }

  it("says why it leaves the one out, joins the other, and ends when it is stopped", async () => {
    const replayable = await network.createTask({ rounds: 1, trainers: 2 });
    const other = await privateTask(replayable);
    const events: NodeEvent[] = [];
    const node = network.start(await network.participant("both"), ["trainer"], {
      taskIds: [other, replayable],
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
  });

  it("ends with the reason when there is no task it can take part in", async () => {
    const replayable = await network.createTask({ rounds: 1, trainers: 2 });
    const other = await privateTask(replayable);
    const node = network.start(await network.participant("none"), ["trainer"], { taskIds: [other] });
    await assert.rejects(node.done, (error: unknown) => (error as { code?: string }).code === "NODE_TASK_UNSUPPORTED");
  });
});
