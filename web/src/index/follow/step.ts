/**
 * One turn of following the chain: is what we know still true, and what came after it?
 *
 * Every answer of an RPC with several servers behind it may come from another one, so the block at the end of a range is
 * asked for before and after its logs: were it reorganised away in between, the logs would be of a history that is gone.
 */
import { inOrder, type LogDecoder, type RawLog } from "../fold/decodeLogs.ts";
import type { EventKeep } from "../keep/eventKeep.ts";
import type { ChainEvent } from "../types.ts";
import type { Block, BlockMark, ChainSource } from "./chainSource.ts";
import { type Breathe, extended, type History, NO_HISTORY, rewound } from "./history.ts";
import { narrowed, widened } from "./logRange.ts";
import { withMark } from "./marks.ts";
import { RpcError } from "./rpc.ts";

export interface StepContext {
  readonly source: ChainSource;
  readonly decoder: LogDecoder;
  readonly keep: EventKeep;
  /** No event of ours is older. */
  readonly firstBlock: bigint;
  readonly breathe: Breathe;
}

export interface Turn {
  readonly history: History;
  readonly head: Block;
  /** What to ask for next. Unit: blocks. */
  readonly rangeBlocks: number;
  /** What this turn added or took away; `undefined` when it found nothing new. */
  readonly change:
    | { readonly type: "extended"; readonly unknownLogs: number }
    | { readonly type: "rewound"; readonly blocks: bigint }
    /** Another tab wrote more; its events were read. */
    | { readonly type: "reloaded" }
    /** The RPC refused the range, or its answers did not fit together: try again at once. */
    | { readonly type: "retry" }
    | undefined;
}

/** @throws {RpcError} when the RPC does not answer, or refuses a single block */
export async function takeTurn(
  history: History,
  context: StepContext,
  { rangeBlocks, signal }: { readonly rangeBlocks: number; readonly signal: AbortSignal },
): Promise<Turn> {
  const { source, keep } = context;
  const head = await source.head(signal);
  const last = history.marks.at(-1);
  if (last !== undefined && last.hash !== head.hash) {
    const marks = await commonMarks(history.marks, { source, head, signal });
    if (marks.length < history.marks.length) {
      await keep.rewind(marks);
      const blocks = last.number - (marks.at(-1)?.number ?? context.firstBlock - 1n);
      const back = await rewound(history, marks, context.breathe);
      return { history: back, head, rangeBlocks, change: { type: "rewound", blocks } };
    }
  }
  const from = last === undefined ? context.firstBlock : last.number + 1n;
  if (from > head.number) return { history, head, rangeBlocks, change: undefined };
  return readRange(history, context, { from, head, rangeBlocks, signal });
}

interface RangeQuestion {
  readonly from: bigint;
  readonly head: Block;
  readonly rangeBlocks: number;
  readonly signal: AbortSignal;
}

async function readRange(history: History, context: StepContext, question: RangeQuestion): Promise<Turn> {
  const { source, decoder, keep, breathe } = context;
  const { from, head, rangeBlocks, signal } = question;
  const to = min(head.number, from + BigInt(rangeBlocks) - 1n);
  const asked = Number(to - from) + 1;
  const before = to === head.number ? head : await source.block(to, signal);
  const logs = await source.logs(from, to, signal).catch((error: unknown) => {
    if (error instanceof RpcError && error.detail.code === "CHAIN_RPC_REFUSED" && narrowed(asked) !== undefined) return;
    throw error;
  });
  if (logs === undefined) {
    return { history, head, rangeBlocks: narrowed(asked) ?? 1, change: { type: "retry" } };
  }
  const after = await source.block(to, signal);
  if (after === undefined || before?.hash !== after.hash) {
    return { history, head, rangeBlocks, change: { type: "retry" } };
  }
  const { events, unknown } = await decodeInSlices(logs, decoder, breathe);
  const marks = withMark(history.marks, { number: to, hash: after.hash });
  if (!(await keep.append({ after: history.marks.at(-1), events, marks }))) {
    const reloaded = await extended(NO_HISTORY, await keep.load(), breathe);
    return { history: reloaded, head, rangeBlocks, change: { type: "reloaded" } };
  }
  return {
    history: await extended(history, { events, marks }, breathe),
    head,
    rangeBlocks: asked === rangeBlocks ? widened(rangeBlocks, events.length) : rangeBlocks,
    change: { type: "extended", unknownLogs: unknown },
  };
}

/** So many logs decode within a frame or two. */
const SLICE = 300;

async function decodeInSlices(logs: readonly RawLog[], decoder: LogDecoder, breathe: Breathe) {
  const sorted = [...logs].sort(inOrder);
  const events: ChainEvent[] = [];
  let unknown = 0;
  for (let at = 0; at < sorted.length; at += SLICE) {
    if (at > 0) await breathe();
    const slice = decoder.decode(sorted.slice(at, at + SLICE));
    for (const event of slice.events) events.push(event);
    unknown += slice.unknown;
  }
  return { events, unknown };
}

/** @returns the marks that the chain still has: all of them when nothing was reorganised. */
async function commonMarks(
  marks: readonly BlockMark[],
  { source, head, signal }: { readonly source: ChainSource; readonly head: Block; readonly signal: AbortSignal },
): Promise<readonly BlockMark[]> {
  for (let length = marks.length; length > 0; length--) {
    const mark = marks[length - 1]!;
    const block = mark.number > head.number ? undefined : await source.block(mark.number, signal);
    if (block?.hash === mark.hash) return marks.slice(0, length);
  }
  return [];
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
