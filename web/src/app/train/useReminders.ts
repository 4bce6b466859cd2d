"use client";
/** Tells the visitor when a signature is needed: the tab's title, the live region, and a notification where it is allowed. */
import { useEffect, useRef, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { formatPercent } from "../../components/format.ts";
import { train as catalogue } from "../../messages/train.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { subscribeTrainer } from "../../training/activeTrainer.ts";
import { isTraining, owesReveal, type TrainingState } from "../../training/loop/trainingState.ts";
import { useTrainer } from "./useTrainer.ts";

const STORAGE_KEY = "cairn.training.notify";

export function useReminders(): void {
  const t = useTexts(catalogue);
  const announce = useAnnounce();
  const texts = useRef(t);
  texts.current = t;
  useEffect(
    () =>
      subscribeTrainer((event) => {
        if (event?.type === "signing" || event?.type === "openingMissing") {
          const isCommit = event.type === "signing" && event.what === "commit";
          const words = texts.current.reminders;
          const text = isCommit ? words.commit(event.round) : words.reveal(event.round);
          announce(text, "assertive");
          notify(text, `cairn-${event.round}-${isCommit ? "commit" : "reveal"}`);
        } else if (event?.type === "over") {
          announce(`${texts.current.live.round} ${event.round}: ${texts.current.live.outcomes[event.outcome]}`);
        } else if (event?.type === "problem") {
          announce(texts.current.live.problem);
        }
      }),
    [announce],
  );
  useTabTitle();
  useLeaveWarning();
}

/** A notification says nothing that the page does not. */
function notify(body: string, tag: string): void {
  if (!isWanted() || document.visibilityState === "visible") return;
  try {
    const notification = new Notification("Cairn", { body, tag });
    notification.onclick = () => window.focus();
  } catch {
    // Some mobile browsers have the name, but notify from service workers only.
  }
}

function isWanted(): boolean {
  if (!("Notification" in window) || Notification.permission !== "granted") return false;
  try {
    return localStorage.getItem(STORAGE_KEY) === "yes";
  } catch {
    return false;
  }
}

export interface Notifications {
  readonly isPossible: boolean;
  readonly isDenied: boolean;
  readonly isOn: boolean;
  readonly set: (wanted: boolean) => void;
}

export function useNotifications(): Notifications {
  const [isOn, setOn] = useState(isWanted);
  const [isDenied, setDenied] = useState(() => "Notification" in window && Notification.permission === "denied");
  const set = async (wanted: boolean): Promise<void> => {
    const allowed = wanted && (await Notification.requestPermission()) === "granted";
    try {
      localStorage.setItem(STORAGE_KEY, allowed ? "yes" : "no");
    } catch {
      // Storage is forbidden here: then there are no notifications.
    }
    setDenied(wanted && !allowed);
    setOn(allowed && isWanted());
  };
  return { isPossible: "Notification" in window && !isDenied, isDenied, isOn, set: (wanted) => void set(wanted) };
}

/** What is going on stands before the page's own title, and goes when the training does. */
function useTabTitle(): void {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const trainer = useTrainer();
  const state = trainer?.state;
  const prefix = state === undefined || !isTraining(state) ? undefined : prefixOf(state);
  useEffect(() => {
    if (prefix === undefined) return;
    const own = document.title;
    document.title = `${prefix} · ${own}`;
    return () => {
      document.title = own;
    };
  }, [prefix]);

  function prefixOf({ step, curve, localSteps }: TrainingState): string | undefined {
    if (step === "signingCommit") return `● ${t.reminders.titleCommit}`;
    if (step === "signingReveal") return `● ${t.reminders.titleReveal}`;
    if (step !== "training" || localSteps === 0) return undefined;
    const tenth = Math.floor((10 * (curve.at(-1)?.step ?? 0)) / localSteps) / 10; // a title that changes every second is noise
    return t.reminders.titleTraining(formatPercent(tenth, language, 0));
  }
}

/** The browser's own question, where leaving costs something. */
function useLeaveWarning(): void {
  const state = useTrainer()?.state;
  const isCostly = state !== undefined && isTraining(state) && (owesReveal(state) || state.step === "training");
  useEffect(() => {
    if (!isCostly) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isCostly]);
}
