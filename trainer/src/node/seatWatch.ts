/**
 * Looks for seats that this auditor was drawn into and no loop of its knows: any task may seat any auditor.
 *
 * A task that can be worked for is entered, on top of those that were asked for; the others are refused.
 */
import type { Chain } from "../chain/connection.ts";
import { pause, withDeadline } from "../chain/deadline.ts";
import { drawnCommittees, MAX_LOG_BLOCKS, readDuty, readRound, readTask } from "../chain/task.ts";
import { isTagged } from "../protocol/errors.ts";
import type { Job } from "./job.ts";
import type { Journal } from "./journal.ts";
import { NodeError } from "./nodeError.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { refuseRound } from "./refusal.ts";
import { actor } from "./roundContext.ts";

export interface SeatWatch {
  readonly chain: Chain;
  readonly journal: Journal;
  readonly emit: (event: NodeEvent) => void;
  /** Stop at once. */
  readonly signal: AbortSignal;
  /** Take on nothing new. */
  readonly finish: AbortSignal;
  /** The tasks that a loop runs for already; those found here come and go. */
  readonly worked: Set<bigint>;
  /** Makes the task's job. `timeoutMs` is what the seat's deadline leaves for it. */
  readonly open: (taskId: bigint, bound: { readonly signal: AbortSignal; readonly timeoutMs: number }) => Promise<Job>;
  /** Works for the task as its auditor, to its end. */
  readonly work: (job: Job) => Promise<void>;
}

/** Tasks worked for at once: each holds a program's memory. */
const MAX_TASKS = 8;

/** Seats looked after at once; a hostile chain could open any number of tasks. Others wait for a later look. */
const MAX_SEATS = 64;

/** Between two looks, in the chain's own. Far below the shortest phase. */
const LOOK_EVERY = 3;

/** After a start so many blocks are looked back, for seats drawn while nobody ran here. Unit: blocks. */
const LOOK_BACK = MAX_LOG_BLOCKS - 1n;

/** Of what is left until the deadline, one in so many parts may go into opening the job. */
const OPENING_PART = 2;

/** Runs until told to stop or finish; then waits for what it began. @throws bugs only */
export async function watchSeats(watch: SeatWatch): Promise<void> {
  const { chain, emit, signal, finish } = watch;
  const self = actor(watch).toLowerCase();
  const stop = AbortSignal.any([signal, finish]);
  const serving = new Map<bigint, Promise<void>>();
  const pending = new Set<bigint>();
  let from: bigint | undefined;
  let failed: unknown;
  while (!stop.aborted && failed === undefined) {
    try {
      const head = await chain.request("eth_blockNumber", () => chain.client.getBlockNumber(), { signal });
      from ??= head > LOOK_BACK ? head - LOOK_BACK : 0n;
      const toBlock = head - from >= MAX_LOG_BLOCKS ? from + LOOK_BACK : head;
      const drawn = toBlock < from ? [] : await drawnCommittees(chain, { fromBlock: from, toBlock }, { signal });
      const mine = drawn.filter(({ members }) => members.some((member) => member.toLowerCase() === self));
      for (const { taskId } of mine) pending.add(taskId);
      for (const taskId of pending) {
        if (watch.worked.has(taskId) || serving.has(taskId) || serving.size >= MAX_SEATS) continue;
        pending.delete(taskId);
        const served = serve(watch, taskId)
          .catch((error: unknown) => {
            failed = error;
          })
          .finally(() => serving.delete(taskId));
        serving.set(taskId, served);
      }
      from = toBlock + 1n;
    } catch (error) {
      if (!isTagged(error)) throw error;
      if (!stop.aborted) emit({ event: "error", code: error.code, message: `looking for seats: ${error.message}` });
    }
    await pause(LOOK_EVERY * chain.pollingMs, stop);
  }
  await Promise.all(serving.values());
  if (failed !== undefined) throw failed;
}

async function serve(watch: SeatWatch, taskId: bigint): Promise<void> {
  const { chain, journal, emit, signal, worked } = watch;
  try {
    const leftMs = await timeLeftMs(watch, taskId);
    if (leftMs === undefined) return;
    if (worked.size >= MAX_TASKS) throw tooMany(taskId);
    worked.add(taskId);
    try {
      await watch.work(await openInTime(watch, taskId, leftMs));
    } finally {
      worked.delete(taskId);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!isTagged(error)) throw error;
    const reason = { code: error.code, message: `task ${taskId}: ${error.message}` };
    await refuseRound({ chain, journal, emit, signal, job: { taskId }, reason });
  }
}

/** @returns what the verdict's phase leaves; `undefined` when the seat is a thing of the past. Unit: milliseconds. */
async function timeLeftMs(watch: SeatWatch, taskId: bigint): Promise<number | undefined> {
  const { chain, signal } = watch;
  const { round: number } = await readTask(chain, taskId, { signal });
  const { phase, deadline } = await readRound(chain, taskId, number, { signal });
  const { seated } = await readDuty(chain, { taskId, round: number, node: actor(watch) }, { signal });
  if (!seated || (phase !== "AuditCommit" && phase !== "AuditReveal" && phase !== "Aggregate")) return undefined;
  const head = await chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), { signal });
  return 1_000 * (deadline - Number(head.timestamp));
}

function tooMany(taskId: bigint): NodeError {
  const detail = { code: "NODE_TOO_MANY_TASKS", taskId: taskId.toString(), max: MAX_TASKS } as const;
  return new NodeError(detail, `this node works for ${MAX_TASKS} tasks already`);
}

async function openInTime({ open, signal }: SeatWatch, taskId: bigint, leftMs: number): Promise<Job> {
  const timeoutMs = Math.max(1, Math.floor(leftMs / OPENING_PART));
  const opening = open(taskId, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), timeoutMs });
  try {
    return await withDeadline(opening, { signal, timeoutMs, doing: `opening task ${taskId}` });
  } catch (error) {
    opening.then(
      (job) => job.dispose(), // it came too late
      () => {},
    );
    throw error;
  }
}
