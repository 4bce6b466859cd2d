/** Rounds whose trainers commit through a relay: an honest one that is killed on the way, one that dies, and ones that lie. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keccak256 } from "viem";
import { ChainError } from "../../trainer/src/chain/chainError.ts";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import type { RunningNode } from "../../trainer/src/node/node.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import type { RunningRelay } from "../../trainer/src/node/relay/relay.ts";
import type { HandIn } from "../../trainer/src/node/relay/relayProtocol.ts";
import { batchesCloseAt } from "../../trainer/src/node/relay/relayRound.ts";
import { openRelayServer } from "../../trainer/src/node/relay/relayServer.ts";
import { flContractAbi, nodeRegistryAbi } from "../../trainer/src/protocol/generated/abi.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";
import { openFalseDoor, passTo, startTestRelay, until } from "./support/relays.ts";

const TRAINERS = 3;

/** What a missed reveal costs by the default terms, for each. Unit: wei. */
const TRAINERS_PENALTY_WEI = BigInt(TRAINERS) * 10n ** 18n;

/** Long enough for slow machines: the test moves the clock itself where nobody acts. Unit: seconds. */
const PHASE_SECONDS = 120;

describe("a round whose trainers commit through a relay", () => {
  let network: LocalNetwork;
  let auditors: Participant[];
  let trainers: Participant[];
  before(async () => {
    network = await openLocalNetwork();
    auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    trainers = await Promise.all(Array.from({ length: TRAINERS }, (_, i) => network.participant(`trainer-${i}`)));
  });
  after(() => network.stop());

  interface Played {
    readonly taskId: bigint;
    /** By trainer. */
    readonly events: readonly NodeEvent[][];
    readonly nodes: readonly RunningNode[];
    /** How many trainers have seen this. */
    count(holds: (event: NodeEvent) => boolean): number;
    passTo(when: "batchesClosed" | "committed"): Promise<void>;
    /** Resolves once every node is done. */
    end(): Promise<void>;
  }

  /** Opens a task of one round; the auditors serve it from the start, and trainers come with `enter`. */
  async function open(): Promise<{ readonly taskId: bigint; enter(relayUrl: string): Played }> {
    const taskId = await network.createTask({
      rounds: 1,
      trainers: TRAINERS,
      committeeSize: 3,
      phaseSeconds: PHASE_SECONDS,
    });
    const auditing = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds: [taskId] }));
    await network.auditorsCount(auditors.length);
    return {
      taskId,
      enter(relayUrl) {
        const events = trainers.map((): NodeEvent[] => []);
        const nodes = trainers.map((trainer, i) =>
          network.start(trainer, ["trainer"], {
            ...{ taskIds: [taskId], relayUrl },
            onEvent: (event) => void events[i]!.push(event),
          }),
        );
        return {
          ...{ taskId, events, nodes },
          count: (holds) => events.filter((own) => own.some(holds)).length,
          async passTo(when) {
            const { deadline } = await readRound(network.admin.chain, taskId, 1, { signal: network.signal });
            await passTo(network, when === "committed" ? deadline : batchesCloseAt(deadline, PHASE_SECONDS));
          },
          end: async () => void (await Promise.all([...nodes, ...auditing].map(({ done }) => done))),
        };
      },
    };
  }

  /** Of the task's only round. */
  async function outcome(taskId: bigint) {
    const { chain } = network.admin;
    const { contracts } = network.deployment;
    const fl = {
      address: contracts.flContract,
      abi: flContractAbi,
      args: { taskId },
      fromBlock: 0n,
      strict: true,
    } as const;
    const nodes = { address: contracts.nodeRegistry, abi: nodeRegistryAbi, fromBlock: 0n, strict: true } as const;
    const { phase, acceptedBitmap } = await readRound(chain, taskId, 1, { signal: network.signal });
    return {
      ...{ phase, acceptedBitmap },
      own: (await chain.client.getContractEvents({ ...fl, eventName: "UpdateCommitted" })).length,
      batches: (await chain.client.getContractEvents({ ...fl, eventName: "BatchCommitted" })).length,
      fromBatch: (await chain.client.getContractEvents({ ...fl, eventName: "BatchedUpdateOpened" })).length,
      slashed: (await chain.client.getContractEvents({ ...nodes, eventName: "StakeSlashed" })).length,
    };
  }

  const allAccepted = { phase: "Final", acceptedBitmap: 0b111n, slashed: 0 } as const;
  const isVerified = (event: NodeEvent): boolean => event.event === "relayed" && event.batch !== undefined;
  const isWarned =
    (code: string) =>
    (event: NodeEvent): boolean =>
      event.event === "warning" && event.code === code;

  async function lockedOf({ chain }: Participant): Promise<bigint> {
    const [, lockedWei] = await chain.read("nodeRegistry", "coverOf", [chain.account!.address], network);
    return lockedWei;
  }

  it("ends with every update opened from one batch, though the relay is killed after taking and after sending", async () => {
    const relayer = await network.participant("relay");
    const { taskId, enter } = await open();
    let taken = 0;
    const first = await startTestRelay(relayer, {
      taskId,
      onEvent: ({ event }, relay) => {
        if (event === "taken" && ++taken === 2) relay.stop(); // two are promised, nothing is sent
      },
    });
    const played = enter(first.url);
    await first.done;
    const port = Number(new URL(first.url).port);
    const second = await startTestRelay(relayer, {
      ...{ taskId, port },
      onEvent: ({ event }, relay) => {
        if (event === "batchSent") relay.stop(); // before it has seen its own batch on chain
      },
    });
    await second.done;
    assert.equal(await lockedOf(relayer), TRAINERS_PENALTY_WEI, "the batch is bonded");
    const third = await startTestRelay(relayer, { taskId, port });
    await until(network, () => played.count(isVerified) === TRAINERS);
    await played.passTo("committed");
    await played.end();
    await third.done;

    assert.deepEqual(await outcome(taskId), { ...allAccepted, own: 0, batches: 1, fromBatch: TRAINERS });
    const settled = third.events.find((event) => event.event === "batchSettled");
    assert.deepEqual([settled?.owedWei, settled?.takenWei], ["0", "0"]);
    assert.equal(await lockedOf(relayer), 0n, "the bond is free again");
    assert.equal(played.count(isWarned("RELAY_ANSWER_FALSE")), 0);
  });

  it("ends with every update committed by its trainer when the relay dies before it sends", async () => {
    const relayer = await network.participant("dying");
    const { taskId, enter } = await open();
    const dying = { relay: undefined as RunningRelay | undefined };
    const relay = await startTestRelay(
      {
        ...relayer,
        chain: beforeSending(relayer.chain, "commitBatch", () => dying.relay?.stop()),
      },
      { taskId, onEvent: (_, running) => (dying.relay = running) },
    );
    const played = enter(relay.url);
    await relay.done;
    assert.equal(relay.events.filter(({ event }) => event === "taken").length, TRAINERS, "everybody was promised");
    await played.passTo("batchesClosed");
    await played.end();

    assert.deepEqual(await outcome(taskId), { ...allAccepted, own: TRAINERS, batches: 0, fromBatch: 0 });
    const isToldWhy = (event: NodeEvent): boolean =>
      isWarned("RELAY_LATE")(event) || isWarned("RELAY_UNREACHABLE")(event);
    assert.equal(played.count(isToldWhy), TRAINERS);
    assert.equal(await lockedOf(relayer), 0n);
    const again = await startTestRelay(relayer, { taskId });
    await again.done;
    const codes = again.events.flatMap((event) => (event.event === "error" ? [event.code] : []));
    assert.deepEqual(codes, ["RELAY_BATCH_MISSED"], "started again, it says what it did not do, and forgets it");
  });

  it("ends with every update opened from the batch when the relay lies about the path", async () => {
    const { taskId, enter } = await open();
    const relay = await startTestRelay(await network.participant("liar"), { taskId });
    const door = await openFalseDoor(relay.url, (path, answer) => {
      if (!path.includes("/rounds/")) return answer;
      const told = JSON.parse(answer);
      return JSON.stringify(told.state === "sent" ? { ...told, index: told.index ^ 1 } : told);
    });
    const played = enter(door.url);
    await until(network, () => played.count(isVerified) === TRAINERS);
    await played.passTo("committed");
    await played.end();
    await relay.done;
    await door.stop();

    assert.deepEqual(await outcome(taskId), { ...allAccepted, own: 0, batches: 1, fromBatch: TRAINERS });
    assert.ok(played.count(isWarned("RELAY_ANSWER_FALSE")) > 0, "somebody found it out");
  });

  it("ends with every update committed by its trainer when the relay sends something else in its name", async () => {
    const { taskId, enter } = await open();
    const forger = await network.participant("forger");
    const relay = await startTestRelay(forger, { taskId }); // for its stake
    relay.stop();
    await relay.done;
    const handedIn: HandIn[] = [];
    const door = await openRelayServer(
      {
        info: () => ({}),
        handIn: async (entry) => {
          handedIn.push(entry);
          return { relay: forger.chain.account!.address, sendsBy: 0 };
        },
        answer: () => ({ state: "sent", relay: forger.chain.account!.address, batch: 1, index: 0, path: [] }),
      },
      { host: "127.0.0.1", port: 0, nowMs: () => 0, onFault: assert.ifError },
    );
    const played = enter(door.url);
    await until(network, () => handedIn.length === TRAINERS);
    const entries = handedIn.map(({ trainer, commitment }) => ({ trainer, commitment: keccak256(commitment) }));
    await forger.chain.send("flContract", "commitBatch", [taskId, 1, entries], network);
    await played.passTo("batchesClosed");
    await played.end();
    await door.stop();

    assert.deepEqual(await outcome(taskId), { ...allAccepted, own: TRAINERS, batches: 1, fromBatch: 0 });
    assert.equal(await lockedOf(forger), TRAINERS_PENALTY_WEI, "its bond stays, for nobody signed what it sent");
  });
});

/** The chain as seen by who dies in the moment before this call goes out. */
function beforeSending(chain: Chain, name: string, die: () => void): Chain {
  const send: Chain["send"] = async (contract, functionName, args, options) => {
    if (functionName !== name) return chain.send(contract, functionName, args, options);
    die();
    throw new ChainError({ code: "CHAIN_ABORTED", doing: name }, `${name} was stopped`);
  };
  return { ...chain, send };
}
