/** Real nodes in a task whose updates are compressed: the simulator's versions, and false files that are refused. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { type RoundView, readRound } from "../../trainer/src/chain/task.ts";
import { decodeVersion } from "../../trainer/src/engine/checkpoint.ts";
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import { createReferenceExecutor } from "../../trainer/src/engine/reference/referenceExecutor.ts";
import { assertSameBits } from "../../trainer/src/engine/testing/programs.ts";
import { compress } from "../../trainer/src/learning/compression/compress.ts";
import { parseCompression } from "../../trainer/src/learning/compression/compression.ts";
import { updateByteLength } from "../../trainer/src/learning/compression/updateFile.ts";
import { plannedProgram } from "../../trainer/src/learning/plannedTraining.ts";
import { newSalt } from "../../trainer/src/node/journal.ts";
import type { NodeEvent } from "../../trainer/src/node/nodeEvent.ts";
import { updateCommitment } from "../../trainer/src/protocol/commitment.ts";
import { decodePlan, type TrainingPlan } from "../../trainer/src/protocol/plan.ts";
import { firstState, simulate } from "../../trainer/src/simulation/simulate.ts";
import { createInlinePool } from "../../trainer/src/simulation/trainingPool.ts";
import { type LocalNetwork, openLocalNetwork, type Participant, TASK_SEED } from "./support/localNetwork.ts";

const ROUNDS = 2;
const COMPRESSION = parseCompression({ codec: "int4" }); // rounds at random, by the seed of the trainer's round
const WEIGHTS = 784 * 10 + 10;

/** What the trainer that is played by hand hands in, by round. */
const FALSE_FILES: readonly (() => Uint8Array)[] = [
  () => zeros("sign"), // whole, and of a codec that is not the plan's
  () => {
    const bytes = zeros("int4");
    bytes[20] = 0x80; // −8 is no level
    return bytes;
  },
];

function zeros(kind: "int4" | "sign"): Uint8Array {
  return compress({ kind }, new Float32Array(WEIGHTS), createRandomStream(TASK_SEED, "zeros"));
}

describe("a Replayable task with compressed updates", () => {
  let network: LocalNetwork;
  before(async () => {
    network = await openLocalNetwork();
  });
  after(() => network.stop());

  it("publishes the versions that the simulator computes, and accepts no false file", async () => {
    const { signal, admin } = network;
    const terms = { rounds: ROUNDS, trainers: 4, committeeSize: 1 };
    const taskId = await network.createTask(terms, { compression: COMPRESSION });
    const replays: Extract<NodeEvent, { event: "replayed" }>[] = [];
    const sizes: number[] = [];
    const onEvent = (event: NodeEvent): void => {
      if (event.event === "replayed") replays.push(event);
      if (event.event === "trained") sizes.push(event.byteLength);
    };
    const auditor = await network.participant("auditor");
    const nodes = [network.start(auditor, ["auditor"], { taskIds: [taskId], onEvent })];
    await network.auditorsCount(1);
    const trainers: Participant[] = [];
    for (const name of ["honest-0", "honest-1", "forger", "by-hand"]) {
      const trainer = await network.participant(name);
      trainers.push(trainer);
      await network.enrol(trainer, taskId); // one after the other: their slots are their numbers
    }
    const [one, other, forger, byHand] = trainers as [Participant, Participant, Participant, Participant];
    for (const honest of [one, other]) nodes.push(network.start(honest, ["trainer"], { taskIds: [taskId], onEvent }));
    nodes.push(network.start(forger, ["trainer"], { taskIds: [taskId], misbehave: "forge" }));
    for (let round = 1; round <= ROUNDS; round++) await playFalse(byHand, round);
    await Promise.all(nodes.map(({ done }) => done));

    const rounds = await Promise.all([1, 2].map((round) => readRound(admin.chain, taskId, round, { signal })));
    for (const { phase, acceptedBitmap } of rounds) {
      assert.deepEqual({ phase, acceptedBitmap }, { phase: "Final", acceptedBitmap: 0b11n }, JSON.stringify(replays));
    }
    const reasonsOf = ({ chain }: Participant) =>
      replays.filter(({ trainer }) => trainer === chain.account!.address).map(({ reason }) => reason);
    assert.deepEqual(reasonsOf(forger), ["trace", "trace"]);
    assert.deepEqual(reasonsOf(byHand), ["LEARNING_COMPRESSED_MALFORMED", "LEARNING_COMPRESSED_MALFORMED"]);

    const { plan, modelId } = await planOf();
    const { program } = createReferenceExecutor(plannedProgram(plan));
    assert.deepEqual(new Set(sizes), new Set([updateByteLength(program, COMPRESSION)]));
    const addresses = [one, other].map(({ chain }) => chain.account!.address);
    const versions = await simulated(plan, addresses, rounds);
    for (const [i, version] of versions.entries()) {
      const published = await admin.chain.read("modelRegistry", "versionOf", [modelId, BigInt(i + 1)], { signal });
      const ref = { digest: published.weightsDigest, byteLength: published.weightsByteLength };
      const { parameters } = decodeVersion(await auditor.store.get(ref, { signal }), program);
      assertSameBits(parameters, version, `version ${i + 1}`);
    }
    assert.equal(BigInt(await admin.chain.read("disputeGame", "termsOf", [taskId], { signal })), 0n, "no terms yet");

    async function planOf() {
      const { modelId, planDigest, planByteLength } = (
        await admin.chain.read("flContract", "taskOf", [taskId], { signal })
      ).parameters;
      const plan = decodePlan(await admin.store.get({ digest: planDigest, byteLength: planByteLength }, { signal }));
      return { plan, modelId };
    }

    /** Commits and opens as a node would. */
    async function playFalse({ chain, store }: Participant, round: number): Promise<void> {
      const { digest: updateDigest, byteLength } = await store.put(FALSE_FILES[round - 1]!(), { signal });
      const opening = { updateDigest, byteLength, traceRoot: newSalt(), sampleCount: 100, salt: newSalt() };
      const { chainId, contracts } = network.deployment;
      const sender = chain.account!.address;
      const scope = { chainId: BigInt(chainId), flContract: contracts.flContract, taskId, round, sender };
      await reach(round, "Commit");
      await chain.send("flContract", "commitUpdate", [taskId, updateCommitment(scope, opening)], { signal });
      await reach(round, "Reveal");
      await chain.send("flContract", "revealUpdate", [taskId, opening], { signal });
    }

    async function reach(round: number, phase: RoundView["phase"]): Promise<void> {
      while (!signal.aborted) {
        if ((await readRound(admin.chain, taskId, round, { signal })).phase === phase) return;
        await pause(50, signal);
      }
    }
  });

  /** @returns the weights after each round of those whose updates were accepted. */
  async function simulated(plan: TrainingPlan, addresses: readonly string[], rounds: readonly RoundView[]) {
    const { train, test, labels } = network.dataset;
    const executor = createReferenceExecutor(plannedProgram(plan));
    const scenario = {
      ...{ plan, rounds: rounds.length, trainers: addresses.length, perRound: addresses.length, addresses },
      ...{ seed: TASK_SEED, evaluateEvery: 1, roundSeeds: (round: number) => rounds[round - 1]! },
    };
    const means = { pool: createInlinePool(executor, train), executor, data: { train, test, labels: labels("train") } };
    const versions = [];
    for await (const { after } of simulate(scenario, means, firstState(executor, TASK_SEED)))
      versions.push(after.parameters);
    return versions;
  }
});
