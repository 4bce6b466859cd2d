"use client";
/** Times: said relative to now, and exactly on demand. */
import { useEffect, useRef } from "react";
import { useLanguage } from "../messages/useTexts.ts";
import { useAnnounce } from "./Announcer.tsx";
import { useChainSeconds } from "./clock.ts";
import { formatClock, formatCountdown, formatDateTime, formatDuration, formatRelative } from "./format.ts";

/** A moment, as "3 minutes ago"; exactly in its title. @param at Unit: unix seconds of the chain. */
export function TimeAgo({ at }: { readonly at: number }) {
  const [language] = useLanguage();
  const now = useChainSeconds();
  return (
    <time dateTime={isoTime(at)} title={formatDateTime(at, language)} className="whitespace-nowrap">
      {now === 0 ? formatDateTime(at, language) : formatRelative(at - now, language)}
    </time>
  );
}

/** A moment of the day: `14:32:10`. @param at Unit: unix seconds. */
export function Clock({ at }: { readonly at: number }) {
  const [language] = useLanguage();
  return (
    <time dateTime={isoTime(at)} title={formatDateTime(at, language)} className="whitespace-nowrap tabular-nums">
      {formatClock(at, language)}
    </time>
  );
}

export function Duration({ seconds }: { readonly seconds: number }) {
  const [language] = useLanguage();
  return <span className="whitespace-nowrap">{formatDuration(seconds, language)}</span>;
}

/** Remaining seconds at which a screen reader is told. */
const ANNOUNCED = [600, 60];

export interface CountdownProps {
  /** Unit: unix seconds of the chain. */
  readonly until: number;
  /** What is said when a deadline comes near: gets the time left in words. Silent when absent. */
  readonly announce?: (left: string) => string;
  readonly className?: string;
}

/** Runs down to `until`; stands still at 00:00 afterwards. */
export function Countdown({ until, announce, className }: CountdownProps) {
  const [language] = useLanguage();
  const left = until - useChainSeconds();
  const say = useAnnounce();
  const before = useRef(left);
  useEffect(() => {
    const crossed = ANNOUNCED.find((mark) => before.current > mark && left <= mark && left > mark - 5);
    before.current = left;
    if (crossed !== undefined && announce) say(announce(formatDuration(crossed, language)));
  }, [left, announce, language, say]);
  return (
    <time
      role="timer"
      dateTime={isoTime(until)}
      title={formatDateTime(until, language)}
      className={`tabular-nums ${className ?? ""}`}
    >
      {formatCountdown(left)}
    </time>
  );
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
