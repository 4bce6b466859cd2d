/** An auditor that accepts everything unseen meets a planted error: it is caught and pays, the others are paid. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { RunningNode } from "../../trainer/src/node/node.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { ABIS } from "../../trainer/src/protocol/generated/abi.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";

describe("a round with a planted error and a lazy auditor", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("slashes the lazy one alone by a twentieth of its seat, half of it for the planter, though that one crashed", async () => {
    const { signal, admin } = network;
    const taskId = await network.createTask({ rounds: 1, trainers: 3, committeeSize: 3 });
    const events: NodeEvent[] = [];
    const onEvent = (event: NodeEvent): void => void events.push(event);
    const auditors = await Promise.all(["careful-0", "careful-1", "lazy"].map((name) => network.participant(name)));
    const nodes = auditors.map((auditor, i) =>
      network.start(auditor, ["auditor"], { taskIds: [taskId], misbehave: i === 2 ? "lazy" : undefined, onEvent }),
    );
    await network.auditorsCount(auditors.length);
    const honest = await Promise.all([0, 1].map((i) => network.participant(`honest-${i}`)));
    for (const trainer of honest) nodes.push(network.start(trainer, ["trainer"], { taskIds: [taskId] }));
    const saltsOnDisk: boolean[] = [];
    const planter = await network.participant("planter");
    let planting: RunningNode | undefined;
    const crash = (functionName: string): void => {
      if (functionName === "revealUpdate") planting?.stop();
    };
    const crashing = { ...planter, chain: watched(planter, { saltsOnDisk, crash }) };
    planting = network.start(crashing, ["trainer"], { taskIds: [taskId], plantPercent: 100, onEvent });
    await planting.done;
    nodes.push(network.start(planter, ["trainer"], { taskIds: [taskId], plantPercent: 100, onEvent }));
    await Promise.all(nodes.map(({ done }) => done));

    assert.deepEqual(saltsOnDisk, [true], "the plant's salt was on disk when its commitment was sent");
    const [planterAddress, lazyAddress] = [planter, auditors[2]!].map(({ chain }) => chain.account!.address);
    const round = await readRound(admin.chain, taskId, 1, { signal });
    const { slot } = await admin.chain.read("flContract", "dutyOf", [taskId, 1, planterAddress!], { signal });
    assert.equal(round.phase, "Final");
    assert.equal(round.acceptedBitmap, 0b111n & ~(1n << BigInt(slot)), "all but the plant, which is no work");

    const { minStakeWei } = (await admin.chain.read("flContract", "taskOf", [taskId], { signal })).parameters;
    const { client, deployment } = admin.chain;
    const slashes = await client.getContractEvents({
      address: deployment.contracts.nodeRegistry,
      abi: ABIS.nodeRegistry,
      eventName: "StakeSlashed",
      fromBlock: 0n,
      strict: true,
    });
    assert.deepEqual(
      slashes.map(({ args: { node, prover, bountyWei, burnedWei } }) => ({ node, prover, bountyWei, burnedWei })),
      [{ node: lazyAddress, prover: planterAddress, bountyWei: minStakeWei / 40n, burnedWei: minStakeWei / 40n }],
    );
    const bounty = await admin.chain.read("nodeRegistry", "bountyOf", [planterAddress!], { signal });
    assert.equal(bounty, minStakeWei / 40n);
    const reports = events.filter((event) => event.event === "plantMissed");
    assert.deepEqual(
      reports.map(({ auditor, takenWei }) => ({ auditor, takenWei })),
      [{ auditor: lazyAddress, takenWei: `${minStakeWei / 20n}` }],
    );
    const traces = events.filter((event) => event.event === "replayed" && event.trainer === planterAddress);
    assert.deepEqual(
      traces.map((event) => event.event === "replayed" && event.reason),
      ["trace", "trace"],
      "the careful see by replay that its trace is none, and nothing else wrong with it",
    );
    await paysAndCredits(honest);

    /** Each node fetched its pay when its task was done, and its reputation knows of the work. */
    async function paysAndCredits(trainers: readonly Participant[]): Promise<void> {
      for (const { chain } of [...trainers, ...auditors.slice(0, 2)]) {
        const { address } = chain.account!;
        assert.equal(await chain.read("flContract", "claimable", [taskId, address], { signal }), 0n);
        const { reputationNano } = await chain.read("nodeRegistry", "nodeOf", [address], { signal });
        assert.equal(reputationNano, 10 ** 9 / 32, "one outcome closes a thirty-second of the gap");
      }
    }
  });
});

interface Watch {
  readonly saltsOnDisk: boolean[];
  readonly crash: (functionName: string) => void;
}

/** Looks into the journal as a commitment goes out, and stops the node in the same turn as a call is through. */
function watched({ chain, dataDir }: Participant, { saltsOnDisk, crash }: Watch): Chain {
  const send: Chain["send"] = async (contract, functionName, args, options) => {
    if (functionName === "commitUpdate") {
      const files = await readdir(join(dataDir, "journal"), { recursive: true }).catch(() => []);
      saltsOnDisk.push(files.some((name) => name.endsWith("-plant.json")));
    }
    const receipt = await chain.send(contract, functionName, args, options);
    crash(functionName as string);
    return receipt;
  };
  return { ...chain, send };
}
