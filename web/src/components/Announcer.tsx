"use client";
/** Says things to screen readers: two regions that are always there, one polite and one for what can't wait. */
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

type Announce = (text: string, urgency?: "polite" | "assertive") => void;

const AnnounceContext = createContext<Announce>(() => {});

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [polite, setPolite] = useState("");
  const [urgent, setUrgent] = useState("");
  const announce = useCallback<Announce>((text, urgency = "polite") => {
    const set = urgency === "polite" ? setPolite : setUrgent;
    // The same text twice is only heard when it changes.
    set((before) => (before === text ? `${text}\u00a0` : text));
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div role="status" aria-live="polite" className="sr-only">
        {polite}
      </div>
      <div role="alert" className="sr-only">
        {urgent}
      </div>
    </AnnounceContext>
  );
}

export function useAnnounce(): Announce {
  return useContext(AnnounceContext);
}
