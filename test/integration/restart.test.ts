/** Nodes that die between a commitment and its opening come back and open it. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { RunningNode } from "../../trainer/src/node/node.ts";
import type { Role } from "../../trainer/src/node/nodeEvent.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("a round in which nodes stop right after committing", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("ends with every update accepted and nobody slashed, once they are started again", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 2, committeeSize: 3 });
    const stopped: string[] = [];
    const keptBeforeSent: boolean[] = [];
    const run = async (name: string, role: Role): Promise<() => Promise<void>> => {
      let node: RunningNode | undefined;
      const participant = await network.participant(name, (functionName) => {
        if (!functionName.startsWith("commit") || stopped.includes(name)) return;
        stopped.push(name); // in the same turn: nothing of the opening has been sent yet
        node?.stop();
      });
      const watched = { ...participant, chain: watchCommits(participant, keptBeforeSent) };
      node = network.start(watched, [role], { taskIds: [taskId] });
      return async () => {
        await node!.done;
        if (stopped.includes(name)) await network.start(participant, [role], { taskIds: [taskId] }).done;
      };
    };
    const auditors = await Promise.all([0, 1, 2].map((i) => run(`auditor-${i}`, "auditor")));
    await network.auditorsCount(auditors.length);
    const trainers = await Promise.all([0, 1].map((i) => run(`trainer-${i}`, "trainer")));
    await Promise.all([...auditors, ...trainers].map((finish) => finish()));

    assert.equal(stopped.length, 5, `stopped after a commitment: ${stopped.join(", ")}`);
    assert.deepEqual(keptBeforeSent, Array(5).fill(true), "every opening was on disk when its commitment was sent");
    const round = await readRound(admin.chain, taskId, 1, { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 0b11n);
    assert.equal(round.verdictsRevealed, 3);
    const { nodeRegistry } = network.deployment.contracts;
    const slashes = await admin.chain.client.getLogs({ address: nodeRegistry, fromBlock: 0n });
    const { StakeSlashed } = await topics();
    assert.equal(slashes.filter(({ topics: [topic] }) => topic === StakeSlashed).length, 0, "nobody slashed");
  });
});

/** Looks into the journal's folder at the moment at which a commitment goes out. */
function watchCommits({ chain, dataDir }: Participant, kept: boolean[]): Chain {
  const send: Chain["send"] = async (contract, functionName, args, options) => {
    const record = { commitUpdate: "-update.json", commitVerdict: "-verdict-0.json" }[functionName as string];
    if (record !== undefined) {
      const files = await readdir(join(dataDir, "journal"), { recursive: true }).catch(() => []);
      kept.push(files.some((name) => name.endsWith(record)));
    }
    return chain.send(contract, functionName, args, options);
  };
  return { ...chain, send };
}

async function topics(): Promise<Record<string, string>> {
  const { encodeEventTopics } = await import("viem");
  const { nodeRegistryAbi } = await import("../../trainer/src/protocol/generated/abi.ts");
  return { StakeSlashed: encodeEventTopics({ abi: nodeRegistryAbi, eventName: "StakeSlashed" })[0]! };
}
