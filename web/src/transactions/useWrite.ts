"use client";
/** One write of a component: starts it, and tells how it stands. Other components see it in the activity drawer. */
import { useCallback, useState } from "react";
import type { Activity } from "./activity.ts";
import { OVER } from "./activity.ts";
import type { WriteSpec } from "./runWrite.ts";
import { useTransactions } from "./TransactionsProvider.tsx";

export interface Write {
  readonly start: (spec: WriteSpec) => void;
  /** The last one that was started here. */
  readonly activity: Activity | undefined;
  readonly busy: boolean;
}

export function useWrite(): Write {
  const { activities, start } = useTransactions();
  const [id, setId] = useState<string>();
  const begin = useCallback((spec: WriteSpec) => setId(start(spec)), [start]);
  const activity = activities.find((it) => it.id === id);
  return { start: begin, activity, busy: activity !== undefined && !OVER.has(activity.step) };
}
