/** Rounds whose trainers commit through a relay: an honest one that is killed on the way, one that dies, and ones that lie. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keccak256 } from "viem";
import { ChainError } from "../../trainer/src/chain/chainError.ts";
import type { Chain } from "../../trainer/src/chain/connection.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import type { RunningRelay } from "../../trainer/src/node/relay/relay.ts";
import type { HandIn } from "../../trainer/src/node/relay/relayProtocol.ts";
import { openRelayServer } from "../../trainer/src/node/relay/relayServer.ts";
import { type LocalNetwork, openLocalNetwork } from "./support/localNetwork.ts";
import {
  allAccepted,
  gather,
  isVerified,
  isWarned,
  lockedOf,
  openTask,
  outcome,
  type Party,
  TRAINERS,
} from "./support/relayedTask.ts";
import { openFalseDoor, startTestRelay, until } from "./support/relays.ts";

/** What a missed reveal costs by the default terms, for each. Unit: wei. */
const TRAINERS_PENALTY_WEI = BigInt(TRAINERS) * 10n ** 18n;

describe("a round whose trainers commit through a relay", () => {
  let network: LocalNetwork;
  let party: Party;
  before(async () => {
    network = await openLocalNetwork();
    party = await gather(network);
  });
  after(() => network.stop());

  it("ends with every update opened from one batch, though the relay is killed after taking and after sending", async () => {
    const relayer = await network.participant("relay");
    const { taskId, enter } = await openTask(network, party);
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
    assert.equal(await lockedOf(relayer, network), TRAINERS_PENALTY_WEI, "the batch is bonded");
    const third = await startTestRelay(relayer, { taskId, port });
    await until(network, () => played.count(isVerified) === TRAINERS);
    await played.passTo("committed");
    await played.end();
    await third.done;

    assert.deepEqual(await outcome(network, taskId), { ...allAccepted, own: 0, batches: 1, fromBatch: TRAINERS });
    const settled = third.events.find((event) => event.event === "batchSettled");
    assert.deepEqual([settled?.owedWei, settled?.takenWei], ["0", "0"]);
    assert.equal(await lockedOf(relayer, network), 0n, "the bond is free again");
    assert.equal(played.count(isWarned("RELAY_ANSWER_FALSE")), 0);
  });

  it("ends with every update committed by its trainer when the relay dies before it sends", async () => {
    const relayer = await network.participant("dying");
    const { taskId, enter } = await openTask(network, party);
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

    assert.deepEqual(await outcome(network, taskId), { ...allAccepted, own: TRAINERS, batches: 0, fromBatch: 0 });
    const isToldWhy = (event: NodeEvent): boolean =>
      isWarned("RELAY_LATE")(event) || isWarned("RELAY_UNREACHABLE")(event);
    assert.equal(played.count(isToldWhy), TRAINERS);
    assert.equal(await lockedOf(relayer, network), 0n);
    const again = await startTestRelay(relayer, { taskId });
    await again.done;
    const codes = again.events.flatMap((event) => (event.event === "error" ? [event.code] : []));
    assert.deepEqual(codes, ["RELAY_BATCH_MISSED"], "started again, it says what it did not do, and forgets it");
  });

  it("ends with every update opened from the batch when the relay lies about the path", async () => {
    const { taskId, enter } = await openTask(network, party);
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

    assert.deepEqual(await outcome(network, taskId), { ...allAccepted, own: 0, batches: 1, fromBatch: TRAINERS });
    assert.ok(played.count(isWarned("RELAY_ANSWER_FALSE")) > 0, "somebody found it out");
  });

  it("ends with every update committed by its trainer when the relay sends something else in its name", async () => {
    const { taskId, enter } = await openTask(network, party);
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

    assert.deepEqual(await outcome(network, taskId), { ...allAccepted, own: TRAINERS, batches: 1, fromBatch: 0 });
    assert.equal(
      await lockedOf(forger, network),
      TRAINERS_PENALTY_WEI,
      "its bond stays, for nobody signed what it sent",
    );
  });

  it("ends with the update of a trainer that dies after handing in and comes back without the relay", async () => {
    const { taskId, enter } = await openTask(network, party);
    const relay = await startTestRelay(await network.participant("faithful"), { taskId });
    const dead = party.trainers[0];
    const played = enter(relay.url, (i, event, node) => {
      if (i === 0 && event.event === "relayed") node.stop(); // before it could see the batch
    });
    await played.nodes[0]!.done;
    await until(network, () => played.count(isVerified) === TRAINERS - 1);
    relay.stop();
    await relay.done;
    await played.passTo("committed");
    const back = network.start(dead, ["trainer"], { taskIds: [taskId] });
    await Promise.all([played.end(), back.done]);

    assert.deepEqual(await outcome(network, taskId), { ...allAccepted, own: 0, batches: 1, fromBatch: TRAINERS });
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
