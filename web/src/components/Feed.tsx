"use client";
/** What the chain said, newest first; can be held still while one reads. */
import { useState } from "react";
import type { Address as AccountAddress } from "viem";
import type { FeedEntry } from "../index/types.ts";
import { chain } from "../messages/chain.ts";
import { rounds } from "../messages/rounds.ts";
import { useLanguage, useTexts } from "../messages/useTexts.ts";
import { Address, Hash } from "./Address.tsx";
import { Button } from "./Button.tsx";
import { feedWords } from "./feedWords.ts";
import { formatNumber } from "./format.ts";
import { Empty } from "./States.tsx";

export interface FeedProps {
  /** Newest first. */
  readonly entries: readonly FeedEntry[];
  /** How many are shown. @default 30 */
  readonly limit?: number;
  readonly me?: AccountAddress | undefined;
}

export function Feed({ entries, limit = 30, me }: FeedProps) {
  const t = useTexts(rounds);
  const [language] = useLanguage();
  const [held, setHeld] = useState<readonly FeedEntry[]>();
  const shown = (held ?? entries).slice(0, limit);
  const fresh = held === undefined ? 0 : entries.length - held.length;
  if (entries.length === 0) return <Empty icon="clock" title={t.feed.empty} />;
  return (
    <>
      <div className="flex items-center justify-end gap-3 px-4 pb-1 text-xs text-muted sm:px-5">
        {held !== undefined && <span>{t.feed.paused(formatNumber(fresh, language))}</span>}
        <Button
          size="small"
          kind="quiet"
          icon={held === undefined ? "pause" : "play"}
          onClick={() => setHeld(held === undefined ? entries : undefined)}
        >
          {held === undefined ? t.feed.pause : t.feed.resume}
        </Button>
      </div>
      <ol className="divide-y divide-line border-t border-line text-sm">
        {shown.map((entry) => (
          <Line key={`${entry.event.transactionHash}-${entry.event.logIndex}`} entry={entry} me={me} />
        ))}
      </ol>
    </>
  );
}

function Line({ entry, me }: { readonly entry: FeedEntry; readonly me: AccountAddress | undefined }) {
  const t = useTexts(chain);
  const r = useTexts(rounds);
  const [language] = useLanguage();
  const { actor, text } = feedWords(entry, t);
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-0.5 px-4 py-1.5 sm:px-5">
      {actor !== undefined && <Address address={actor} mine={actor === me} copyable={false} />}
      <span className="min-w-0">{text}</span>
      <span className="ml-auto flex items-center gap-2 text-xs text-muted">
        <span className="tabular-nums max-sm:hidden">
          {r.feed.block} {formatNumber(entry.event.blockNumber, language)}
        </span>
        <Hash hash={entry.event.transactionHash} kind="tx" />
      </span>
    </li>
  );
}
