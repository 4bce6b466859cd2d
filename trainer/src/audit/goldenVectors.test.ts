/**
 * Bits that must never change: whoever changes them has changed the protocol, and old claims no longer replay.
 *
 * The vectors are in `test/vectors/engine`. They were written by this code, so they show drift, not truth; the other
 * tests show truth. A wanted change is a new schema version and a line in the commit's body.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { encodeParameters, sha256Hex } from "../engine/checkpoint.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { createRandomStream, permutation } from "../engine/philox.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { seedOf } from "../engine/testing/programs.ts";
import { createWasmExecutor } from "../engine/wasm/wasmExecutor.ts";
import { aggregate } from "../learning/aggregate.ts";
import { firstRound } from "../learning/aggregation/round.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { type PartitionRule, partition } from "../learning/partition.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { programFor, smallJob } from "../learning/testing/jobs.ts";
import { fromHex, type Hex } from "../protocol/hex.ts";
import { evidence } from "./evidence.ts";

function vector<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../test/vectors/engine/${name}.json`, import.meta.url), "utf8")) as T;
}

interface StreamVector {
  readonly seed: Hex;
  readonly name: string;
  readonly words: readonly number[];
  readonly permutationOf10: readonly number[];
}

interface TrainingVector {
  readonly initialParameters: Hex;
  readonly traceLeaves: readonly Hex[];
  readonly traceRoot: Hex;
  readonly updateDigest: Hex;
  readonly evidence: Hex;
  readonly aggregateDigest: Hex;
}

type PartitionVector = readonly { readonly rule: PartitionRule; readonly shards: readonly (readonly number[])[] }[];

describe("golden vectors", () => {
  it("stream: Philox words and a permutation", () => {
    const { seed, name, words, permutationOf10 } = vector<StreamVector>("stream");
    const stream = createRandomStream(fromHex(seed, 32), name);
    assert.deepEqual(Array.from({ length: words.length }, stream.nextUint32), words);
    assert.deepEqual([...permutation(stream, 10)], permutationOf10);
  });

  it("partition: the shards of 24 records of 4 classes", () => {
    const { labels } = createBlobs({ count: 24 });
    for (const { rule, shards } of vector<PartitionVector>("partition")) {
      const dealt = partition(rule, labels, shards.length, seedOf(1)).map((shard) => [...shard]);
      assert.deepEqual(dealt, shards, JSON.stringify(rule));
    }
  });

  it("training: initial weights, ten steps, their trace, the evidence of a replay and an average, on both executors", async () => {
    const expected = vector<TrainingVector>("training");
    const program = programFor(createBlobs());
    for (const executor of [createReferenceExecutor(program), await createWasmExecutor(program)]) {
      const job = smallJob({ executor });
      const update = await trainLocally(job);
      const updates = [5, 6].map((seed) => ({
        address: `0x${`${seed}`.repeat(40)}`,
        sampleCount: 240 + seed,
        parameters: initialParameters(program, seedOf(seed)),
      }));
      const { parameters: average } = aggregate({ kind: "fedavg" }, firstRound(job.base), updates);
      assert.deepEqual(
        {
          initialParameters: await sha256Hex(encodeParameters(job.base)),
          traceLeaves: update.traceLeaves,
          traceRoot: update.traceRoot,
          updateDigest: update.digest,
          evidence: evidence(`0x${"11".repeat(20)}`, [update.traceLeaves], `0x${"22".repeat(32)}`),
          aggregateDigest: await sha256Hex(encodeParameters(average)),
        },
        expected,
      );
    }
  });
});
