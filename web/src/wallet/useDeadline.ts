"use client";
/** A wallet may never answer. This says how long it has been silent, and when to stop waiting. */
import { useEffect, useState } from "react";

/** After which a word of help is shown, and after which it is given up. Unit: milliseconds. */
export const SILENCE_MS = { help: 12_000, over: 90_000 } as const;

export type Patience = "fine" | "help" | "over";

/** @param waiting whether a wallet is being asked now. */
export function useDeadline(waiting: boolean): Patience {
  const [patience, setPatience] = useState<Patience>("fine");
  useEffect(() => {
    setPatience("fine");
    if (!waiting) return;
    const timers = [
      setTimeout(() => setPatience("help"), SILENCE_MS.help),
      setTimeout(() => setPatience("over"), SILENCE_MS.over),
    ];
    return () => timers.forEach(clearTimeout);
  }, [waiting]);
  return patience;
}
