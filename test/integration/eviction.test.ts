/** A trainer that loses its place for want of stake, on the real contracts: it says so, fills the stake up and is back. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keccak256, stringToBytes } from "viem";
import { pause } from "../../trainer/src/chain/deadline.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";

const SLASHER_ROLE = keccak256(stringToBytes("SLASHER_ROLE"));

describe("a trainer that is slashed and evicted", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  for (const rejoins of [true, false]) {
    it(rejoins ? "makes its stake good and joins again" : "stays out where it is told to, and says why", async () => {
      const { signal, admin } = network;
      const taskId = await network.createTask({ rounds: 1, trainers: 2 }); // no round opens: one trainer is too few
      const trainer = await network.participant(`trainer-${rejoins}`);
      const { address } = trainer.chain.account!;
      const events: NodeEvent[] = [];
      const onEvent = (event: NodeEvent): void => void events.push(event);
      const node = network.start(trainer, ["trainer"], { taskIds: [taskId], rejoins, onEvent });
      const seen = async (name: NodeEvent["event"], times = 1): Promise<void> => {
        while (!signal.aborted && events.filter(({ event }) => event === name).length < times) await pause(50, signal);
      };
      await seen("joined");
      const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
      const fault = keccak256(stringToBytes("a fault"));
      const self = admin.chain.account!.address;
      await admin.chain.send("nodeRegistry", "grantRole", [SLASHER_ROLE, self], { signal });
      await admin.chain.send("nodeRegistry", "slash", [address, minStakeWei / 2n, self, fault], { signal });
      await admin.chain.send("flContract", "evict", [taskId, address], { signal });

      await seen("evicted");
      const evicted = events.find((event) => event.event === "evicted");
      assert.deepEqual(evicted, { ...evicted, reason: "stake", by: self, rejoins, task: `${taskId}` });
      if (rejoins) await seen("joined", 2);
      else await pause(1_000, signal); // several looks
      node.finish();
      await node.done;
      const [enrolled] = await admin.chain.read("flContract", "slotOf", [taskId, address], { signal });
      const stakeWei = await admin.chain.read("nodeRegistry", "stakeOf", [address], { signal });
      assert.deepEqual([enrolled, stakeWei], rejoins ? [true, minStakeWei] : [false, minStakeWei / 2n]);
    });
  }
});
