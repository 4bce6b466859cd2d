/** A simulation gives the bits of a task whose rounds are trained, decoded and aggregated by the node's own functions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Dataset } from "../../trainer/src/data/dataset.ts";
import { encodeVersion } from "../../trainer/src/engine/checkpoint.ts";
import { createReferenceExecutor } from "../../trainer/src/engine/reference/referenceExecutor.ts";
import { assertSameBits, seedOf } from "../../trainer/src/engine/testing/programs.ts";
import type { Contribution } from "../../trainer/src/learning/aggregation/round.ts";
import { decodeState, encodeState } from "../../trainer/src/learning/aggregation/stateFile.ts";
import { plannedCompression } from "../../trainer/src/learning/compression/compression.ts";
import { decodeUpdate } from "../../trainer/src/learning/compression/updateFile.ts";
import { trainLocally } from "../../trainer/src/learning/localTraining.ts";
import { plannedProgram, plannedShards } from "../../trainer/src/learning/plannedTraining.ts";
import { aggregateUpdates, correctionOf, type VersionContent } from "../../trainer/src/node/aggregation.ts";
import { type Job, localWork } from "../../trainer/src/node/job.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import type { Scenario } from "../../trainer/src/simulation/scenario.ts";
import { firstState } from "../../trainer/src/simulation/simulate.ts";
import { playAll, smallScenario, TRAIN } from "../../trainer/src/simulation/testing/smallWorld.ts";

const TASK = 7n;
/** Whose order is not that of the slots. */
const ADDRESSES = ["c0", "0a", "ff", "31", "7e", "12"].map((digits) => `0x${digits.repeat(20)}`);

function jobOf({ plan }: Scenario): Job {
  const dataset = { train: TRAIN, labels: () => TRAIN.labels } as unknown as Dataset;
  const executor = createReferenceExecutor(plannedProgram(plan));
  const shards = plannedShards(plan, TRAIN.labels);
  const task = { mode: "Replayable" } as never;
  return {
    taskId: TASK,
    task,
    plan,
    executor,
    dataset,
    shards,
    dispute: undefined,
    mean: undefined,
    dispose: () => {},
  };
}

/** What trainers and auditors of a task do with one round, state through its file included. */
async function realRound(job: Job, base: VersionContent, round: number): Promise<VersionContent> {
  const seeds = { round, seed: toHex(seedOf(round)), committeeSeed: toHex(seedOf(100 + round)) };
  const contributions: Contribution[] = [];
  for (const [slot, address] of ADDRESSES.entries()) {
    const work = { ...localWork(job, seeds, slot), correction: correctionOf(job, base.state, address) };
    const { bytes, sampleCount } = await trainLocally({ ...work, base: base.parameters });
    const terms = { base: base.parameters, program: job.executor.program, compression: plannedCompression(job.plan) };
    contributions.push({ address, sampleCount, parameters: decodeUpdate(bytes, terms) });
  }
  const { parameters, state } = await aggregateUpdates(job, seeds, { base, contributions });
  return { parameters, state: state.size === 0 ? state : decodeState(encodeState(state), parameters) };
}

interface Rule {
  readonly kind: string;
  readonly compression?: object;
  readonly [parameter: string]: unknown;
}

const RULES: readonly Rule[] = [
  { kind: "fedavg" },
  { kind: "fedavg", compression: { codec: "int4" } }, // rounds at random
  { kind: "centeredClipping", compression: { codec: "ternary", k: 9_000 } },
  { kind: "fedprox", proximal: 0.5 },
  { kind: "fedyogi" },
  { kind: "scaffold" },
  { kind: "centeredClipping" },
  { kind: "median", bucketSize: 2 },
  { kind: "fltrust", rootRecords: 20 },
];

describe("simulate", () => {
  for (const { compression, ...aggregation } of RULES) {
    const updates = compression === undefined ? "" : `, with updates compressed by ${JSON.stringify(compression)}`;
    it(`gives the weights and the state of a real task under ${aggregation.kind}${updates}`, async () => {
      const partition = { kind: "dirichlet", alpha: 0.5 };
      const scenario = smallScenario(
        { aggregation, partition, ...(compression === undefined ? {} : { compression }) },
        {
          taskId: TASK,
          addresses: ADDRESSES,
          roundSeeds: (round) => ({ seed: toHex(seedOf(round)), committeeSeed: toHex(seedOf(100 + round)) }),
        },
      );
      const job = jobOf(scenario);
      let real: VersionContent = { ...firstState(job.executor, seedOf(5)) };
      const simulated = await playAll(scenario);
      assert.equal(simulated.length, 3);
      for (const { record, after } of simulated) {
        real = await realRound(job, real, record.round);
        assertSameBits(after.parameters, real.parameters, `round ${record.round}`);
        assertSameBits(after.state, real.state, `state after round ${record.round}`);
        const version = encodeVersion({ parameters: real.parameters });
        assert.equal(
          record.weightsDigest,
          toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", version as never))),
        );
      }
    });
  }
});
