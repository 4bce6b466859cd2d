import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { encodeParameters } from "../engine/checkpoint.ts";
import { initialParameters } from "../engine/initialParameters.ts";
import { createReferenceExecutor } from "../engine/reference/referenceExecutor.ts";
import { seedOf } from "../engine/testing/programs.ts";
import { trainLocally } from "../learning/localTraining.ts";
import { createBlobs } from "../learning/testing/blobs.ts";
import { allOf, programFor } from "../learning/testing/jobs.ts";
import { decodeRoundReport } from "../protocol/roundReport.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { createReportDesk, type ReportDeskOptions } from "./reportDesk.ts";
import type { RoundContext } from "./roundContext.ts";

const RECORDS = createBlobs({ count: 48 });
const PROGRAM = programFor(RECORDS);
const BASE = initialParameters(PROGRAM, seedOf(1));
const ME = `0x${"a0".repeat(20)}`;
const OTHER = `0x${"b0".repeat(20)}`;
const hex = (byte: string): string => `0x${byte.repeat(32)}`;

interface World {
  /** Words that stand on chain before, by auditors. */
  readonly filed?: readonly object[];
  readonly test?: typeof RECORDS;
  readonly judged?: boolean;
  readonly proposer?: string;
}

/** A round of one accepted update, on a chain and in a store that a map stands in for. */
async function worldOf({ filed = [], test = RECORDS, judged = true, proposer = ME }: World) {
  const events: NodeEvent[] = [];
  const words: Record<string, unknown>[] = [...(filed as Record<string, unknown>[])];
  const work = { executor: createReferenceExecutor(PROGRAM), records: RECORDS, shard: allOf(RECORDS) };
  const { bytes } = await trainLocally({ ...work, base: BASE, seed: seedOf(2), localSteps: 6, traceStride: 3 });
  const content = new Map<string, Uint8Array>([[hex("d1"), bytes]]);
  const update = { trainer: OTHER, index: 0, updateDigest: hex("d1"), byteLength: bytes.length, sampleCount: 48 };
  const logs: Readonly<Record<string, readonly object[]>> = {
    UpdateRevealed: [update],
    UpdateCommitted: [update],
    VerdictsTallied: [{ acceptedBitmap: 1n }],
  };
  const argsOf = (name: string): readonly object[] => (name === "ReportFiled" ? words : (logs[name] ?? []));
  const chain = {
    account: { address: ME },
    pollingMs: 1,
    deployment: { chainId: 31_337, contracts: { flContract: `0x${"fc".repeat(20)}`, roundReports: "0xaa" } },
    client: {
      getBlockNumber: async () => 9n,
      getContractEvents: async ({ eventName }: { eventName: string }) => argsOf(eventName).map((args) => ({ args })),
    },
    request: (_doing: string, ask: () => Promise<unknown>) => ask(),
    read: async (_contract: string, name: string) =>
      name === "dutyOf" ? { verdictRevealed: judged } : { weightsDigest: "0xba5e", weightsByteLength: 1 },
    async send(_contract: string, name: string, [, , digest, byteLength]: readonly unknown[]) {
      assert.equal(name, "fileReport");
      words.push({ auditor: ME, digest, byteLength });
    },
  };
  const store = {
    has: async () => true,
    async get({ digest }: { digest: string }) {
      return digest === "0xba5e" ? encodeParameters(BASE) : content.get(digest)!;
    },
    async put(document: Uint8Array) {
      content.set(hex("99"), document);
      return { digest: hex("99"), byteLength: document.length };
    },
  };
  const round = {
    ...{ phase: "Final", round: 1, openedAtBlock: 1n, revealedBitmap: 1n, acceptedBitmap: 1n, baseVersion: 0n },
    ...{ publishedVersion: 1n, aggregateDigest: hex("ad"), committeeSeed: hex("5e"), aggregateProposer: proposer },
  };
  const plan = { aggregation: { kind: "fedavg" } };
  const job = { taskId: 7n, task: { mode: "Replayable", parameters: { modelId: 1n } }, plan, dataset: { test } };
  const executor = createReferenceExecutor(PROGRAM);
  const signal = new AbortController().signal;
  const state = {
    chain,
    store,
    round,
    job: { ...job, executor },
    signal,
    emit: (event: NodeEvent) => events.push(event),
  };
  return { context: state as unknown as RoundContext, events, words, content };
}

const OPTIONS: ReportDeskOptions = {
  roles: ["auditor"],
  reports: true,
  createExecutor: async (program) => createReferenceExecutor(program),
  signal: new AbortController().signal,
};

async function reported(world: World, options: Partial<ReportDeskOptions> = {}) {
  const made = await worldOf(world);
  const desk = createReportDesk({ ...OPTIONS, ...options });
  desk.begin(made.context);
  await desk.finished();
  return { ...made, names: made.events.map(({ event }) => event) };
}

describe("the report desk", () => {
  it("computes, stores and files, as who proposed the aggregate", async () => {
    const { names, words, content } = await reported({});
    assert.deepEqual(names, ["reported", "reportFiled"]);
    const document = content.get(hex("99"))!;
    assert.deepEqual(words, [{ auditor: ME, digest: hex("99"), byteLength: document.length }]);
    const { trainers, contribution } = decodeRoundReport(document);
    assert.equal(trainers[0]!.contribution, contribution.baseLoss! - contribution.meanLoss!);
  });

  it("sends nothing where another filed the same, and its own word where another filed something else", async () => {
    const byteLength = (await reported({})).content.get(hex("99"))!.length;
    const same = await reported({ proposer: OTHER, filed: [{ auditor: OTHER, digest: hex("99"), byteLength }] });
    assert.equal(same.words.length, 1);
    assert.deepEqual(same.events.at(-1), {
      ...{ event: "reportFiled", task: "7", round: 1, digest: hex("99"), agreeing: 1, others: 0, isSender: false },
    });
    const other = await reported({ proposer: OTHER, filed: [{ auditor: OTHER, digest: hex("66"), byteLength }] });
    assert.deepEqual(
      other.words.map(({ digest }) => digest),
      [hex("66"), hex("99")],
    );
  });

  it("files in place of a proposer that does not, and never a second time", async () => {
    const { words } = await reported({ proposer: OTHER });
    assert.equal(words.length, 1);
    const again = await reported({ filed: [{ auditor: ME, digest: hex("66"), byteLength: 5 }] });
    assert.equal(again.words.length, 1);
  });

  it("makes none that nobody asked for: as a trainer, switched off, or without an opened verdict", async () => {
    for (const [world, options] of [
      [{}, { roles: ["trainer"] }],
      [{}, { reports: false }],
      [{ judged: false }, {}],
    ] as const) {
      assert.deepEqual((await reported(world, options)).names, []);
    }
  });

  it("says why there is none where the data has no test records", async () => {
    const { events } = await reported({ test: { ...RECORDS, count: 0 } });
    assert.deepEqual(
      events.map((event) => event.event === "reportSkipped" && event.code),
      ["NODE_REPORT_NO_RECORDS"],
    );
  });

  it("stands still while the loop works, and goes on after it", async () => {
    const { context, events } = await worldOf({});
    const desk = createReportDesk(OPTIONS);
    const seen = await desk.during(async () => {
      desk.begin(context);
      for (let i = 0; i < 200; i++) await setImmediate();
      return events.length;
    });
    assert.equal(seen, 0);
    await desk.finished();
    assert.equal(events.length, 2);
  });

  it("is given up at once where the node stops, without a word", async () => {
    const stopping = new AbortController();
    const { context, events } = await worldOf({ proposer: OTHER });
    const desk = createReportDesk({ ...OPTIONS, signal: stopping.signal });
    await desk.during(async () => {
      desk.begin(context);
      stopping.abort();
    });
    await desk.finished();
    assert.deepEqual(events, []);
  });

  it("tells the loop of a bug instead of swallowing it", async () => {
    const { context } = await worldOf({});
    const broken = { ...context, store: undefined } as unknown as RoundContext;
    const desk = createReportDesk(OPTIONS);
    desk.begin(broken);
    await assert.rejects(desk.finished(), TypeError);
    await assert.rejects(
      desk.during(async () => {}),
      TypeError,
    );
  });
});
