"use client";
/** Puts a text on the clipboard, and says that it is there. */
import { useEffect, useState } from "react";
import { common } from "../messages/common.ts";
import { useTexts } from "../messages/useTexts.ts";
import { useAnnounce } from "./Announcer.tsx";
import { Icon } from "./Icon.tsx";

/** How long the tick stays. Unit: milliseconds. */
const SHOWN_MS = 1500;

export interface CopyProps {
  readonly text: string;
  /** What is copied, for the button's name: "address". */
  readonly what: string;
}

export function Copy({ text, what }: CopyProps) {
  const t = useTexts(common);
  const announce = useAnnounce();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    announce(t.copied);
  };
  return (
    <button
      type="button"
      aria-label={done ? t.copied : t.copy(what)}
      title={done ? t.copied : t.copy(what)}
      onClick={() => void copy().catch(() => setDone(false))}
      className="inline-flex size-6 shrink-0 items-center justify-center rounded text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name={done ? "check" : "copy"} className="size-3.5" />
    </button>
  );
}
