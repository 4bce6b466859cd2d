import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { encodeParameters } from "../engine/checkpoint.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { seedOf } from "../engine/testing/programs.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { allOf, programFor } from "../learning/testing/jobs.ts";
import { type Hex, toHex } from "../protocol/hex.ts";
import { localWork } from "./job.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { RoundContext } from "./roundContext.ts";
import { commitUpdate } from "./trainerRole.ts";

const TASK = 7n;
const OWNER = { chainId: 31_337, flContract: `0x${"02".repeat(20)}`, account: `0x${"01".repeat(20)}` };
const RECORDS = createBlobs({ count: 48 });
const PROGRAM = programFor(RECORDS);
const BASE = initialParameters(PROGRAM, seedOf(1));
const EXECUTOR = createReferenceExecutor(PROGRAM);
const PLAN = {
  ...{ localSteps: 6, traceStride: 6, batchSize: 8, aggregation: { kind: "fedavg" } },
  compression: { codec: "ternary", k: 6_000, errorFeedback: true },
};
const OPTIONS = { slot: 0, plantPercent: 0 } as never;

let folder: string;
let sent: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-trainer-"));
  sent = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const seedOfRound = (round: number): Hex => toHex(seedOf(100 + round));

/** @param seeds the chain's, by round. */
function contextOf(round: number, seeds: (round: number) => Hex = seedOfRound): RoundContext {
  const chain = {
    account: { address: OWNER.account },
    deployment: { chainId: OWNER.chainId, contracts: { flContract: OWNER.flContract } },
    read: async (contract: string, name: string, args: readonly unknown[]) => {
      if (contract === "modelRegistry") return { weightsDigest: "0xba5e", weightsByteLength: 1 };
      if (name === "roundOf") return { seed: seeds(Number(args[1])), phase: 0, failure: 0 };
      return 0n; // of terms
    },
    send: async (_: string, name: string) => void sent.push(name),
  };
  const store = {
    get: async () => encodeParameters(BASE),
    put: async (bytes: Uint8Array) => ({
      digest: toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as never))),
      byteLength: bytes.length,
    }),
    has: async () => true,
  };
  const task = { mode: "Private", parameters: { modelId: 1n } };
  const job = {
    taskId: TASK,
    task,
    plan: PLAN,
    executor: EXECUTOR,
    dataset: { train: RECORDS },
    shards: [allOf(RECORDS)],
  };
  const view = { round, seed: seeds(round), baseVersion: 0n };
  const rest = { journal: journal(), emit: () => {}, signal: new AbortController().signal, pace: { replaySeconds: 0 } };
  return { chain, store, job, round: view, ...rest } as unknown as RoundContext;
}

function journal(): Journal {
  return openJournal(folder, OWNER);
}

const bytesOf = async (round: number, seeds = seedOfRound): Promise<Uint8Array> => {
  const bytes = await journal().updateBytes({ taskId: TASK, round, seed: seeds(round) });
  return new Uint8Array(bytes!);
};

/** What a trainer with that residual hands in. */
async function expected(round: number, residual?: Float32Array) {
  const context = contextOf(round);
  return trainLocally({ ...localWork(context.job, context.round, 0), base: BASE, residual });
}

describe("commitUpdate with error feedback", () => {
  it("adds what the update before lost, also where a round was missed and the process is another", async () => {
    await commitUpdate(contextOf(1), OPTIONS);
    const first = await expected(1);
    assert.deepEqual(await bytesOf(1), first.bytes);
    await commitUpdate(contextOf(3), OPTIONS);
    const third = await expected(3, first.residual);
    assert.deepEqual(await bytesOf(3), third.bytes);
    assert.notDeepEqual((await expected(3)).bytes, third.bytes, "the residual changes the bytes");
    assert.deepEqual(sent, ["commitUpdate", "commitUpdate"]);
  });

  it("counts an update once, however often its commitment goes out", async () => {
    await commitUpdate(contextOf(1), OPTIONS);
    await commitUpdate(contextOf(1), OPTIONS);
    await commitUpdate(contextOf(2), OPTIONS);
    assert.deepEqual(await bytesOf(2), (await expected(2, (await expected(1)).residual)).bytes);
  });

  it("leaves alone what was lost on another chain, whose round had another seed", async () => {
    await commitUpdate(contextOf(1), OPTIONS);
    const other = (round: number): Hex => (round === 1 ? toHex(seedOf(9)) : seedOfRound(round));
    await commitUpdate(contextOf(2, other), OPTIONS);
    assert.deepEqual(await bytesOf(2), (await expected(2)).bytes);
  });
});
