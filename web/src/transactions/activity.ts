/**
 * One write from the first check to the page that shows its effect, as a state machine. Pure.
 *
 * An activity is also its own record: it is stored after every step, so that a reload goes on where the page was closed.
 * Everything in it can be stored as JSON; amounts are decimal text.
 */
import type { Address, Hash, Hex } from "viem";

/** Where a write is. Each is told in words by the catalogue, under this name. */
export type Step =
  /** Would it succeed? Nobody has been asked anything. */
  | "checking"
  /** The wallet was asked for a signature that allows the amount; it costs nothing. */
  | "permitting"
  /** The wallet was asked to send. */
  | "awaitingWallet"
  /** Sent, and in no block yet. */
  | "pending"
  /** In a block; this page does not show it yet. */
  | "confirmed"
  /** This page shows it. */
  | "done"
  /** The contract would refuse, or the wallet failed: nothing was sent. */
  | "failed"
  /** The visitor said no in the wallet. Not an error. */
  | "rejected"
  /** In a block, and refused there: only gas was spent. */
  | "reverted"
  /** The wallet sent something else in its place. */
  | "cancelled"
  /** No node knows it any more, and its number was not used. */
  | "dropped"
  /** The page was closed while the wallet was asked; what became of it is being looked up. */
  | "interrupted";

export interface Failure {
  /** Of the error catalogue: an error of the contracts, or one of ours. */
  readonly code: string;
  /** Arguments of a contract's error, as text. */
  readonly args: readonly string[];
  /** What the machine said. */
  readonly message: string;
}

export interface Activity {
  readonly id: string;
  readonly chainId: number;
  readonly account: Address;
  /** What it is about, for the catalogue: `stake`, with `{ amountWei: "1000" }`. */
  readonly kind: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly startedAtMs: number;
  readonly step: Step;
  /** When this step began. */
  readonly sinceMs: number;
  /** The wallet, or the network, takes unusually long over this step. */
  readonly slow: boolean;
  /** What was handed to the wallet: by this a transaction is found again, whatever its hash. */
  readonly request: { readonly to: Address; readonly data: Hex; readonly nonce: number } | undefined;
  readonly hash: Hash | undefined;
  /** The wallet sent it again, usually with a higher fee: the hash before. */
  readonly replaced: Hash | undefined;
  readonly blockNumber: string | undefined;
  /** Unit: wei. */
  readonly feeWei: string | undefined;
  readonly failure: Failure | undefined;
}

export type ActivityEvent =
  | { readonly type: "permitAsked" }
  | { readonly type: "walletAsked"; readonly request: NonNullable<Activity["request"]> }
  /** `nonce` is what the wallet chose, when a node already knows the transaction. */
  | { readonly type: "sent"; readonly hash: Hash; readonly nonce?: number | undefined }
  | { readonly type: "slow" }
  | { readonly type: "repriced"; readonly hash: Hash }
  | { readonly type: "cancelled"; readonly hash: Hash }
  | { readonly type: "dropped" }
  | { readonly type: "included"; readonly hash: Hash; readonly blockNumber: bigint; readonly feeWei: bigint }
  | {
      readonly type: "reverted";
      readonly hash: Hash;
      readonly blockNumber: bigint;
      readonly feeWei: bigint;
      readonly failure: Failure;
    }
  | { readonly type: "indexed" }
  | { readonly type: "rejected" }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "reopened" };

/** Which events each step listens to; any other leaves it as it is. */
const LISTENS: Readonly<Record<Step, readonly ActivityEvent["type"][]>> = {
  checking: ["permitAsked", "walletAsked", "failed", "rejected", "reopened"],
  permitting: ["walletAsked", "failed", "rejected", "slow", "reopened"],
  awaitingWallet: ["sent", "failed", "rejected", "slow", "reopened"],
  interrupted: ["sent", "dropped"],
  pending: ["included", "reverted", "repriced", "cancelled", "dropped", "slow"],
  confirmed: ["indexed", "dropped", "repriced"],
  done: [],
  failed: [],
  rejected: [],
  reverted: [],
  cancelled: [],
  dropped: ["included", "reverted"], // a node that knew it after all
};

/** Steps after which nothing happens by itself. */
export const OVER: ReadonlySet<Step> = new Set(["done", "failed", "rejected", "reverted", "cancelled", "dropped"]);

export interface ActivityStart {
  readonly id: string;
  readonly chainId: number;
  readonly account: Address;
  readonly kind: string;
  readonly subject: Readonly<Record<string, string>>;
}

export function startActivity(start: ActivityStart, nowMs: number): Activity {
  return {
    ...start,
    startedAtMs: nowMs,
    step: "checking",
    sinceMs: nowMs,
    slow: false,
    request: undefined,
    hash: undefined,
    replaced: undefined,
    blockNumber: undefined,
    feeWei: undefined,
    failure: undefined,
  };
}

/** @returns the activity after `event`; the same object when its step does not listen to it. */
export function advance(activity: Activity, event: ActivityEvent, nowMs: number): Activity {
  if (!LISTENS[activity.step].includes(event.type)) return activity;
  const at = (step: Step, news: Partial<Activity> = {}): Activity => {
    return { ...activity, ...news, step, sinceMs: nowMs, slow: false };
  };
  switch (event.type) {
    case "permitAsked":
      return at("permitting");
    case "walletAsked":
      return at("awaitingWallet", { request: event.request });
    case "sent": {
      const { request } = activity;
      const nonce = event.nonce ?? request?.nonce ?? 0;
      return at("pending", { hash: event.hash, request: request && { ...request, nonce } });
    }
    case "slow":
      return activity.slow ? activity : { ...activity, slow: true };
    case "repriced":
      return at("pending", { hash: event.hash, replaced: activity.hash });
    case "cancelled":
      return at("cancelled", { hash: event.hash, replaced: activity.hash });
    case "dropped":
      return at("dropped");
    case "included":
    case "reverted": {
      const { hash, blockNumber, feeWei } = event;
      const found = { hash, blockNumber: `${blockNumber}`, feeWei: `${feeWei}` };
      return event.type === "included" ? at("confirmed", found) : at("reverted", { ...found, failure: event.failure });
    }
    case "indexed":
      return at("done");
    case "rejected":
      return at("rejected");
    case "failed":
      return at("failed", { failure: event.failure });
    case "reopened":
      // Before the wallet was asked to send, nothing can have been sent.
      return activity.request === undefined ? at("rejected") : at("interrupted");
    default:
      return event satisfies never;
  }
}
