/**
 * Reports of the last final rounds: who filed what, and what most of them say. Their documents come from peers, in bounded
 * time; one that is not to be had, or is none, is said and stops nothing.
 */
import type { Chain } from "../chain/connection.ts";
import { type AgreedReport, filedReports, tallyReports } from "../chain/reports.ts";
import { readRound } from "../chain/task.ts";
import type { ContentStore } from "../network/contentStore.ts";
import { isTagged } from "../protocol/errors.ts";
import {
  decodeRoundReport,
  type RoundFacts,
  type RoundReport,
  requireReportOf,
  requireReportSize,
} from "../protocol/roundReport.ts";
import type { Context } from "./command.ts";
import type { TaskSummary } from "./taskSummary.ts";

export interface ShownReport {
  readonly taskId: bigint;
  readonly round: number;
  /** What auditors filed, most often first. */
  readonly filed: readonly AgreedReport[];
  /** The document that most filed; of as many the first. */
  readonly report: RoundReport | undefined;
  /** Why it is not here. */
  readonly problem: { readonly code: string; readonly message: string } | undefined;
}

/** For all documents together: a screen that shows more besides should not wait long. Unit: milliseconds. */
const FETCH_MS = 10_000;

interface FinalRound extends RoundFacts {
  readonly openedAtBlock: bigint;
}

/** @returns one for each task whose last closed round is final and has a report filed. @throws {ChainError} */
export async function readRoundReports(
  context: Context,
  chain: Chain,
  tasks: readonly TaskSummary[],
): Promise<ShownReport[]> {
  const { signal } = context;
  const looked = await Promise.all(
    tasks.map(async (task) => {
      const facts = await lastFinalRound(chain, task, signal);
      const filed = facts === undefined ? [] : tallyReports(await filedReports(chain, facts, { signal }));
      return facts === undefined || filed.length === 0 ? [] : [{ facts, filed }];
    }),
  );
  const found = looked.flat();
  if (found.length === 0) return [];
  return withPeers(context, chain, (fetch) =>
    Promise.all(
      found.map(async ({ facts, filed }) => {
        const { taskId, round } = facts;
        return { taskId, round, filed, ...(await outcomeOf(() => fetch(filed[0]!, facts), signal)) };
      }),
    ),
  );
}

/** The round before, while one is going on. */
async function lastFinalRound(
  chain: Chain,
  { taskId, task, round }: TaskSummary,
  signal: AbortSignal,
): Promise<FinalRound | undefined> {
  if (round === undefined) return undefined;
  const isOver = round.phase === "Final" || round.phase === "Failed";
  const number = isOver ? task.round : task.round - 1;
  if (number === 0) return undefined;
  const view = isOver ? round : await readRound(chain, taskId, number, { signal });
  if (view.phase !== "Final") return undefined;
  const { chainId, contracts } = chain.deployment;
  const { publishedVersion, aggregateDigest, acceptedBitmap, committeeSeed, openedAtBlock } = view;
  return {
    ...{ chainId, flContract: contracts.flContract, taskId, round: number, openedAtBlock: BigInt(openedAtBlock) },
    ...{ publishedVersion, aggregateDigest, acceptedBitmap, committeeSeed },
  };
}

type Fetch = (filed: AgreedReport, facts: RoundFacts) => Promise<RoundReport>;

async function withPeers<T>(context: Context, chain: Chain, work: (fetch: Fetch) => Promise<T>): Promise<T> {
  const { signal, output } = context;
  const [{ listNodes }, { withReadingStore }] = await Promise.all([import("../chain/nodes.ts"), import("./stores.ts")]);
  output.progress("fetching reports …");
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  return withReadingStore(await context.config(), async (store) => {
    const connected = connect(store, chain, { listNodes, signal: bounded });
    return work(async (filed, facts) => {
      await connected;
      const report = decodeRoundReport(await bytesOf(store, filed, bounded));
      requireReportOf(report, facts);
      return report;
    });
  });
}

interface Connecting {
  readonly listNodes: typeof import("../chain/nodes.ts").listNodes;
  readonly signal: AbortSignal;
}

async function connect(store: ContentStore, chain: Chain, { listNodes, signal }: Connecting): Promise<void> {
  await store.connect(await listNodes(chain, { signal }), { signal });
}

/** What an auditor filed may be long: its length is looked at before anything is fetched. */
async function bytesOf(store: ContentStore, { digest, byteLength }: AgreedReport, signal: AbortSignal) {
  requireReportSize(byteLength);
  return store.get({ digest, byteLength }, { signal, deadlineMs: FETCH_MS });
}

async function outcomeOf(fetch: () => Promise<RoundReport>, signal: AbortSignal) {
  try {
    return { report: await fetch(), problem: undefined };
  } catch (error) {
    if (signal.aborted || !isTagged(error)) throw error;
    return { report: undefined, problem: { code: error.code, message: error.message } };
  }
}
