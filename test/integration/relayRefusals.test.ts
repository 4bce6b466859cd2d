/** A relay on the real contracts with trainers that a test drives: what it refuses, and who pays for what is not opened. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keccak256, stringToBytes } from "viem";
import { readRound } from "../../trainer/src/chain/task.ts";
import { newSalt } from "../../trainer/src/node/journal.ts";
import { signCommit } from "../../trainer/src/node/relay/commitSignature.ts";
import { openRelayClient } from "../../trainer/src/node/relay/relayClient.ts";
import { RelayError } from "../../trainer/src/node/relay/relayError.ts";
import type { HandIn } from "../../trainer/src/node/relay/relayProtocol.ts";
import { type UpdateOpening, updateCommitment } from "../../trainer/src/protocol/commitment.ts";
import { type LocalNetwork, openLocalNetwork, type Participant } from "./support/localNetwork.ts";
import { passTo, startTestRelay, type TestRelay, until } from "./support/relays.ts";

const ONE_CAIRN = 10n ** 18n;
/** What a missed reveal costs by the default terms. Unit: wei. */
const PENALTY_WEI = ONE_CAIRN;
const PHASE_SECONDS = 120;
const WORD = keccak256(stringToBytes("something else"));

describe("a relay among trainers that a test drives", () => {
  let network: LocalNetwork;
  let trainers: [Participant, Participant, Participant];
  let stranger: Participant;
  before(async () => {
    network = await openLocalNetwork();
    const named = ["one", "two", "three", "stranger"].map((name) => network.participant(name));
    const [one, two, three, other] = await Promise.all(named);
    [trainers, stranger] = [[one!, two!, three!], other!];
  });
  after(() => network.stop());

  const opening = (): UpdateOpening => {
    return { updateDigest: WORD, byteLength: 1_000, traceRoot: WORD, sampleCount: 10, salt: newSalt() };
  };

  async function openRound(): Promise<bigint> {
    const taskId = await network.createTask({ rounds: 1, trainers: 3, phaseSeconds: PHASE_SECONDS });
    for (const trainer of trainers) await network.enrol(trainer, taskId);
    await network.admin.chain.send("flContract", "openRound", [taskId], network);
    return taskId;
  }

  async function entryOf({ chain }: Participant, taskId: bigint, opened: UpdateOpening): Promise<HandIn> {
    const { chainId, contracts } = network.deployment;
    const trainer = chain.account!.address;
    const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round: 1, sender: trainer };
    const commitment = updateCommitment(scope, opened);
    const signature = await signCommit(chain.account!, network.deployment, { taskId, round: 1, commitment });
    return { taskId, round: 1, trainer, commitment, ...signature };
  }

  async function refusal({ url }: TestRelay, entry: HandIn): Promise<string> {
    try {
      await openRelayClient(url).handIn(entry, network.signal);
      return "taken";
    } catch (error) {
      if (error instanceof RelayError && error.detail.code === "RELAY_REFUSED") return error.detail.reason;
      throw error;
    }
  }

  /** Waits for the relay's look at the round, which it takes entries from. */
  async function handIn(relay: TestRelay, entry: HandIn): Promise<void> {
    let answer = "";
    await until(network, () => {
      if (answer === "") {
        answer = "asked";
        void refusal(relay, entry).then((it) => {
          answer = it === "RELAY_ROUND_CLOSED" ? "" : it;
        });
      }
      return answer !== "" && answer !== "asked";
    });
    assert.equal(answer, "taken");
  }

  const stakeOf = ({ chain }: Participant): Promise<bigint> =>
    chain.read("nodeRegistry", "stakeOf", [chain.account!.address], network);

  it("refuses what it could not answer for, each with its reason", async () => {
    const taskId = await openRound();
    const [one, two, three] = trainers;
    const relay = await startTestRelay(await network.participant("strict"), { taskId, stakeWei: PENALTY_WEI });
    const entry = await entryOf(one, taskId, opening());
    await handIn(relay, entry);
    assert.equal(await refusal(relay, entry), "taken", "again, with the same answer");
    assert.equal(await refusal(relay, await entryOf(one, taskId, opening())), "RELAY_ENTRY_TAKEN");
    assert.equal(await refusal(relay, { ...entry, commitment: WORD }), "RELAY_BAD_SIGNATURE");
    assert.equal(await refusal(relay, await entryOf(stranger, taskId, opening())), "RELAY_NOT_ENROLLED");
    assert.equal(await refusal(relay, { ...entry, taskId: taskId + 1n }), "RELAY_TASK_UNSERVED");
    assert.equal(await refusal(relay, { ...entry, round: 2 }), "RELAY_ROUND_CLOSED");
    assert.equal(await refusal(relay, await entryOf(three, taskId, opening())), "RELAY_FULL");
    const own = await entryOf(two, taskId, opening());
    await two.chain.send("flContract", "commitUpdate", [taskId, own.commitment], network);
    assert.equal(await refusal(relay, own), "RELAY_ALREADY_COMMITTED");
    await slash(three, await stakeOf(three));
    assert.equal(await refusal(relay, await entryOf(three, taskId, opening())), "RELAY_STAKE_UNCOVERED");
    relay.stop();
    await relay.done;
  });

  async function slash({ chain }: Participant, amountWei: bigint): Promise<void> {
    const { admin } = network;
    const self = admin.chain.account!.address;
    await admin.chain.send("nodeRegistry", "grantRole", [keccak256(stringToBytes("SLASHER_ROLE")), self], network);
    await admin.chain.send("nodeRegistry", "slash", [chain.account!.address, amountWei, self, WORD], network);
  }

  it("has who signed and opens nothing pay in its place, and who went another way pay nothing", async () => {
    const taskId = await openRound();
    const [one, two, three] = trainers;
    const relayer = await network.participant("small");
    const relay = await startTestRelay(relayer, { taskId });
    const opened = opening();
    await handIn(relay, await entryOf(one, taskId, opened));
    await handIn(relay, await entryOf(two, taskId, opening()));
    const other = opening();
    const detour = await entryOf(three, taskId, other);
    await handIn(relay, detour);
    await until(network, () => relay.events.some(({ event }) => event === "batchSent"));
    await three.chain.send("flContract", "commitUpdate", [taskId, detour.commitment], network);
    const [silentWei, otherWei] = [await stakeOf(two), await stakeOf(three)];
    await nextPhase(taskId);
    const key = { taskId, round: 1, trainer: one.chain.account!.address };
    const place = await openRelayClient(relay.url).answer(key, network.signal);
    assert.ok(place.state === "sent");
    await one.chain.send("flContract", "revealBatched", [taskId, opened, place], network);
    await three.chain.send("flContract", "revealUpdate", [taskId, other], network);
    await nextPhase(taskId);
    await until(network, () => relay.events.some(({ event }) => event === "batchSettled"));

    assert.equal(silentWei - (await stakeOf(two)), PENALTY_WEI, "who signed and opened nothing pays");
    assert.equal(await stakeOf(three), otherWei, "who committed the same by itself does not");
    assert.equal(await stakeOf(relayer), 3n * PENALTY_WEI, "the relay pays nothing");
    const reports = relay.events.filter((event) => event.event === "unopenedReported");
    assert.deepEqual(
      reports.map(({ trainer, takenWei }) => [trainer, takenWei]),
      [
        [two.chain.account!.address, `${PENALTY_WEI}`],
        [three.chain.account!.address, "0"],
      ],
    );
    relay.stop();
    await relay.done;
  });

  async function nextPhase(taskId: bigint): Promise<void> {
    const { deadline } = await readRound(network.admin.chain, taskId, 1, network);
    await passTo(network, deadline);
    await network.admin.chain.send("flContract", "advance", [taskId], network);
  }
});
