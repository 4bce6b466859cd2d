import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { encodeParameters } from "../engine/checkpoint.ts";
import type { Executor } from "../engine/executor.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { hasCode, seedOf } from "../engine/testing/programs.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { allOf, programFor } from "../learning/testing/jobs.ts";
import { NetworkError } from "../network/networkError.ts";
import { localWork } from "./job.ts";
import { judgeWithin } from "./judgement.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import type { Pace, RoundContext } from "./roundContext.ts";

const AMPLE_MS = 600_000;
const TRAINERS = 3;
const RECORDS = createBlobs({ count: 48 });
const PROGRAM = programFor(RECORDS);
const BASE = initialParameters(PROGRAM, seedOf(1));
const PLAN = { localSteps: 6, traceStride: 3, batchSize: 8, aggregation: { kind: "fedavg" } };
const ROUND = {
  round: 1,
  seed: `0x${"5e".repeat(32)}`,
  committeeSeed: `0x${"c0".repeat(32)}`,
  openedAtBlock: 1n,
  revealed: TRAINERS,
};

interface World {
  /** What the last trainer claims instead of the truth. */
  readonly lie?: object;
  readonly executor?: Executor;
  readonly weights?: Uint8Array | Error;
  readonly pace?: Pace;
}

/** The work of three honest trainers, by digest. */
const content = new Map<string, Uint8Array>();
const reveals: object[] = [];

function jobWith(executor: Executor) {
  const shards = [allOf(RECORDS)];
  return {
    taskId: 7n,
    task: { parameters: { modelId: 1n } },
    plan: PLAN,
    executor,
    dataset: { train: RECORDS },
    shards,
  };
}

before(async () => {
  const job = jobWith(createReferenceExecutor(PROGRAM)) as unknown as RoundContext["job"];
  for (let index = 0; index < TRAINERS; index++) {
    const work = localWork(job, ROUND as unknown as RoundContext["round"], index);
    const { bytes, digest, traceRoot, sampleCount } = await trainLocally({ ...work, base: BASE });
    content.set(digest, bytes);
    const trainer = `0x${`${index}`.repeat(40)}`;
    reveals.push({ trainer, index, updateDigest: digest, byteLength: bytes.length, traceRoot, sampleCount });
  }
});

function contextOf({ executor = createReferenceExecutor(PROGRAM), weights, pace, lie }: World, events: NodeEvent[]) {
  const claims = [...reveals.slice(0, -1), { ...reveals.at(-1), ...lie }];
  const chain = {
    deployment: { contracts: { flContract: "0xaa" } },
    client: { getBlockNumber: async () => 9n, getContractEvents: async () => claims.map((args) => ({ args })) },
    request: (_doing: string, work: () => Promise<unknown>) => work(),
    read: async () => ({ weightsDigest: "0xba5e", weightsByteLength: 1 }),
  };
  const store = {
    has: async () => true,
    get: async ({ digest }: { digest: string }, { deadlineMs = 1 }: { deadlineMs?: number }) => {
      assert.ok(Number.isInteger(deadlineMs) && deadlineMs >= 1 && deadlineMs <= 10_000, `${deadlineMs}`);
      if (digest !== "0xba5e") return content.get(digest)!;
      if (weights instanceof Error) throw weights;
      return weights ?? encodeParameters(BASE);
    },
  };
  const emit = (event: NodeEvent): void => void events.push(event);
  const signal = new AbortController().signal;
  const state = { chain, store, job: jobWith(executor), round: ROUND, emit, signal };
  return { ...state, pace: pace ?? { replaySeconds: 0 } } as unknown as RoundContext;
}

const refusals = (events: readonly NodeEvent[]): unknown[] =>
  events.flatMap((event) => (event.event === "refused" ? [[event.code, event.judged, event.updates]] : []));
const notFound = (): NetworkError =>
  new NetworkError({ code: "NETWORK_CONTENT_NOT_FOUND", cid: "b", deadlineMs: 1 }, "nobody has it");

describe("judgeWithin", () => {
  it("accepts what replays, with the evidence for it, when there is time", async () => {
    const events: NodeEvent[] = [];
    const { acceptedBitmap, duplicateBitmap, traces } = await judgeWithin(contextOf({}, events), AMPLE_MS);
    assert.deepEqual([acceptedBitmap, duplicateBitmap], [0b111n, 0n]);
    assert.deepEqual(
      traces.map(({ length }) => length),
      [2, 2, 2],
    );
    assert.deepEqual(refusals(events), []);
  });

  it("accepts no false trace root, sample count or digest, though all else is true", async () => {
    const false32 = `0x${"ab".repeat(32)}`;
    content.set(false32, content.values().next().value!);
    for (const lie of [{ traceRoot: false32 }, { sampleCount: 47 }, { updateDigest: false32 }]) {
      const { acceptedBitmap } = await judgeWithin(contextOf({ lie }, []), AMPLE_MS);
      assert.equal(acceptedBitmap, 0b011n, JSON.stringify(lie));
    }
  });

  it("gives no more than a third of a short time to fetching, and still replays", async () => {
    assert.equal((await judgeWithin(contextOf({}, []), 20_000)).acceptedBitmap, 0b111n);
  });

  it("accepts nothing that it had no time to replay, and says how much it had time for", async () => {
    const replays: number[] = [];
    const pace = {
      get replaySeconds() {
        return replays.length < 1 ? 0 : Number.MAX_VALUE; // after the first, the next would take for ever
      },
      set replaySeconds(seconds: number) {
        replays.push(seconds);
      },
    };
    const found = async () => {
      const events: NodeEvent[] = [];
      replays.length = 0;
      const { acceptedBitmap } = await judgeWithin(contextOf({ pace }, events), AMPLE_MS);
      assert.deepEqual(refusals(events), [["NODE_AUDIT_OUT_OF_TIME", 1, 3]]);
      return acceptedBitmap;
    };
    const accepted = await found();
    assert.ok([0b001n, 0b010n, 0b100n].includes(accepted), `one update: ${accepted}`);
    assert.equal(await found(), accepted, "every member of the committee gets the same one done");
  });

  it("breaks a replay off that outlasts the time, and refuses instead of being silent", async () => {
    const executor = createReferenceExecutor(PROGRAM);
    const slow = new Int32Array(new SharedArrayBuffer(4));
    const quick = executor.step.bind(executor);
    executor.step = (inputs, targets) => {
      Atomics.wait(slow, 0, 0, 80); // longer than a breath, so that the timer gets its turn
      return quick(inputs, targets);
    };
    const events: NodeEvent[] = [];
    const judged = await judgeWithin(contextOf({ executor }, events), 100);
    assert.equal(judged.acceptedBitmap, 0n);
    assert.deepEqual(refusals(events), [["NODE_AUDIT_OUT_OF_TIME", 0, 3]]);
  });

  it("goes on trying for weights that nobody has, and refuses with that reason when time is up", async () => {
    const events: NodeEvent[] = [];
    const context = contextOf({ weights: notFound() }, events);
    await assert.rejects(judgeWithin(context, AMPLE_MS), hasCode("NETWORK_CONTENT_NOT_FOUND"));
    assert.deepEqual(refusals(events), []);
    assert.equal((await judgeWithin(context, 0)).acceptedBitmap, 0n);
    assert.deepEqual(refusals(events), [["NETWORK_CONTENT_NOT_FOUND", 0, 3]]);
  });

  it("refuses at once where trying again changes nothing: the version is no model of this task", async () => {
    const events: NodeEvent[] = [];
    await judgeWithin(contextOf({ weights: Uint8Array.of(1, 2, 3) }, events), AMPLE_MS);
    assert.match(JSON.stringify(refusals(events)), /^\[\["ENGINE_SAFETENSORS_MALFORMED",0,3\]\]$/);
  });

  it("tries again after one slow day: an estimate that refused everything is halved", async () => {
    const pace = { replaySeconds: 1e9 };
    await judgeWithin(contextOf({ pace }, []), AMPLE_MS);
    assert.equal(pace.replaySeconds, 5e8);
  });

  it("leaves being stopped, and its own bugs, to the caller", async () => {
    const context = contextOf({ weights: new TypeError("a bug") }, []);
    await assert.rejects(judgeWithin(context, AMPLE_MS), TypeError);
    const stopping = new AbortController();
    stopping.abort(notFound());
    const stopped = { ...contextOf({ weights: notFound() }, []), signal: stopping.signal };
    await assert.rejects(judgeWithin(stopped, AMPLE_MS), hasCode("NETWORK_CONTENT_NOT_FOUND"));
  });
});
