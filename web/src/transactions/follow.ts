/** Follows what was sent until this page shows it, and finds again what was on its way when a page was closed. */
import type { Rpc } from "../index/follow/rpc.ts";
import { type Activity, type ActivityEvent, OVER } from "./activity.ts";
import type { ActivityStore } from "./activityStore.ts";
import { locate, type Tracked, type Whereabouts } from "./track.ts";

export interface FollowContext {
  readonly rpc: Rpc;
  readonly store: ActivityStore;
  /** Up to which block this page shows the chain. */
  readonly indexedBlock: () => bigint;
  /** Has the index look at once. */
  readonly refresh: () => void;
  readonly nowMs: () => number;
}

/** Unit: milliseconds. */
const PATIENCE_MS = {
  /** After which a transaction is said to take unusually long. */
  slow: 90_000,
  /** After which one that no node knows is taken for lost. */
  unknown: 120_000,
  /** How long a wallet that was asked before the page closed may still send. */
  interrupted: 600_000,
} as const;

/** One look at everything that is under way. @returns whether anything is. */
export async function followOnce(context: FollowContext, signal: AbortSignal): Promise<boolean> {
  const underWay = context.store.get().filter(isFollowed);
  for (const activity of underWay) {
    const event = await lookAt(context, activity, signal);
    if (event === undefined) continue;
    const after = context.store.advance(activity.id, event);
    if (after?.step === "confirmed") context.refresh();
  }
  return underWay.length > 0;
}

function isFollowed({ step, request, hash }: Activity): boolean {
  return !OVER.has(step) && request !== undefined && (hash !== undefined || step === "interrupted");
}

async function lookAt(
  { rpc, indexedBlock, nowMs }: FollowContext,
  activity: Activity,
  signal: AbortSignal,
): Promise<ActivityEvent | undefined> {
  const { step, blockNumber, sinceMs } = activity;
  if (step === "confirmed" && blockNumber !== undefined && indexedBlock() >= BigInt(blockNumber)) {
    return { type: "indexed" };
  }
  const found = await locate(rpc, activity as Tracked, signal);
  const waitedMs = nowMs() - sinceMs;
  switch (found.type) {
    case "included":
      return found.succeeded ? found : { ...found, type: "reverted", failure: await whyReverted(rpc, activity, found) };
    case "repriced":
      return step === "interrupted" ? { type: "sent", hash: found.hash } : found;
    case "cancelled":
      return step === "interrupted" ? { type: "dropped" } : found;
    case "unknown": {
      const patience = step === "interrupted" ? PATIENCE_MS.interrupted : PATIENCE_MS.unknown;
      return waitedMs > patience ? { type: "dropped" } : undefined;
    }
    case "pending":
      if (step === "confirmed") return { type: "repriced", hash: activity.hash! }; // reorganised out again
      return waitedMs > PATIENCE_MS.slow ? { type: "slow" } : undefined;
    default:
      return found satisfies never;
  }
}

/** The same call once more, as of that block: then the node tells what the contract said. */
async function whyReverted(
  rpc: Rpc,
  { account, request }: Activity,
  { blockNumber }: Extract<Whereabouts, { type: "included" }>,
) {
  const call = { from: account, to: request?.to, data: request?.data };
  try {
    await rpc.request("eth_call", [call, `0x${blockNumber.toString(16)}`]);
  } catch (error) {
    const { failureOf } = await import("./failureOf.ts"); // knows every contract error: only now
    return failureOf(error);
  }
  return { code: "CHAIN_REVERTED", args: [], message: "the transaction was included and refused" };
}
