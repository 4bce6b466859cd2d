/** Activities of one account on one chain, kept in this browser: the record of what was done. */
import { isAddress, isHash } from "viem";
import { type Activity, type ActivityEvent, advance, OVER } from "./activity.ts";

export interface ActivityStore {
  readonly get: () => readonly Activity[];
  readonly add: (activity: Activity) => void;
  /** @returns the activity after the event; `undefined` when it is gone. */
  readonly advance: (id: string, event: ActivityEvent) => Activity | undefined;
  /** Takes what is over out of the list. */
  readonly clearOver: () => void;
  readonly subscribe: (onChange: () => void) => () => void;
}

/** Newest first. Older ones are forgotten; the chain has them. Unit: activities. */
const MAX_KEPT = 100;

export interface ActivityStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** @param storage `undefined` where the browser forbids it: then the record lasts as long as the page. */
export function createActivityStore(
  key: string,
  storage: ActivityStorage | undefined,
  nowMs: () => number,
): ActivityStore & { readonly reload: () => void } {
  const listeners = new Set<() => void>();
  let activities = read(key, storage);

  /** From what is stored now: another tab may have written since. */
  function change(edit: (now: readonly Activity[]) => readonly Activity[]): void {
    const now = storage === undefined ? activities : read(key, storage);
    activities = edit(now).slice(0, MAX_KEPT);
    try {
      storage?.setItem(key, JSON.stringify(activities));
    } catch {
      // Full or forbidden: the record lasts as long as the page.
    }
    for (const listener of listeners) listener();
  }

  return {
    get: () => activities,
    add: (activity) => change((now) => [activity, ...now]),
    advance: (id, event) => {
      change((now) => now.map((activity) => (activity.id === id ? advance(activity, event, nowMs()) : activity)));
      return activities.find((activity) => activity.id === id);
    },
    clearOver: () => change((now) => now.filter(({ step }) => !OVER.has(step))),
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    reload: () => {
      activities = read(key, storage);
      for (const listener of listeners) listener();
    },
  };
}

/** What is stored may be of an older version, or of another program's making. */
function read(key: string, storage: ActivityStorage | undefined): readonly Activity[] {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(key) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isActivity).slice(0, MAX_KEPT) : [];
  } catch {
    return [];
  }
}

const STEPS = new Set<string>([
  ...OVER,
  ...["checking", "permitting", "awaitingWallet", "pending", "confirmed", "interrupted"],
]);

function isActivity(value: unknown): value is Activity {
  if (typeof value !== "object" || value === null) return false;
  const { id, account, kind, step, subject, hash, startedAtMs, sinceMs } = value as Record<string, unknown>;
  return (
    typeof id === "string" &&
    typeof kind === "string" &&
    typeof startedAtMs === "number" &&
    typeof sinceMs === "number" &&
    typeof account === "string" &&
    isAddress(account) &&
    typeof step === "string" &&
    STEPS.has(step) &&
    typeof subject === "object" &&
    subject !== null &&
    Object.values(subject).every((text) => typeof text === "string") &&
    (hash === undefined || (typeof hash === "string" && isHash(hash)))
  );
}
