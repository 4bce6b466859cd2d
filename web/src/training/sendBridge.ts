"use client";
/**
 * How a training that outlives its page reaches the wallet: a component that is always mounted lends it the page's writes.
 *
 * Every write goes through `transactions/`, so it stands in the activity drawer like any other.
 */
import type { Address } from "viem";
import type { Activity } from "../transactions/activity.ts";
import type { WriteSpec } from "../transactions/runWrite.ts";
import type { Send, TrainingWrite } from "./loop/tabTrainer.ts";
import { TrainError } from "./trainError.ts";

export interface Lender {
  /** Of the connected wallet, on the site's chain; `undefined` when there is none. */
  readonly account: Address | undefined;
  readonly activities: readonly Activity[];
  readonly start: (spec: WriteSpec) => string;
}

let lender: Lender = { account: undefined, activities: [], start: () => "" };
const listeners = new Set<() => void>();

/** What the mounted component calls after every change. */
export function lend(next: Lender): void {
  lender = next;
  for (const listener of listeners) listener();
}

/**
 * @param account that trains: a wallet that was switched to another is not asked.
 * @throws by `Send` {TrainError} `TRAIN_WALLET_CHANGED` | `TRAIN_WRITE_FAILED` with the activity's own code
 */
export function createSend(account: Address): Send {
  return async (write, round) => {
    if (!isOurs(account))
      throw new TrainError({ code: "TRAIN_WALLET_CHANGED", account }, `the wallet is not ${account}`);
    return outcomeOf(lender.start(specOf(write, round)), account);
  };
}

function specOf(write: TrainingWrite, round: number): WriteSpec {
  const subject = { task: `${write.args[0]}`, round: `${round}` };
  const { functionName, args } = write;
  const kind = functionName === "commitUpdate" ? "commit" : "reveal";
  return { kind, subject, call: { contract: "flContract", functionName, args } };
}

/** Waits until the write is in a block, or is known not to come. A wallet may think as long as it likes. */
function outcomeOf(id: string, account: Address): Promise<"included" | "declined"> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const activity = isOurs(account) ? lender.activities.find((it) => it.id === id) : undefined;
      if (activity === undefined) return; // another account is shown for now; the record is kept
      const outcome = verdictOn(activity);
      if (outcome === undefined) return;
      listeners.delete(look);
      if (outcome instanceof TrainError) reject(outcome);
      else resolve(outcome);
    };
    listeners.add(look);
    look();
  });
}

function verdictOn({ step, failure }: Activity): "included" | "declined" | TrainError | undefined {
  switch (step) {
    case "confirmed":
    case "done":
      return "included";
    case "rejected":
    case "cancelled":
      return "declined";
    case "failed":
    case "reverted":
    case "dropped": {
      const reason = failure?.code ?? step;
      return new TrainError({ code: "TRAIN_WRITE_FAILED", reason }, failure?.message || `the transaction was ${step}`);
    }
    case "checking":
    case "permitting":
    case "awaitingWallet":
    case "pending":
    case "interrupted":
      return undefined;
    default:
      return step satisfies never;
  }
}

function isOurs(account: Address): boolean {
  return lender.account?.toLowerCase() === account.toLowerCase();
}
