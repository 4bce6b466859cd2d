"use client";
/** Which chain, and whether what is shown is its latest: in a word and a mark, then a colour. */
import { useIndexStatus } from "../../index/hooks.ts";
import type { IndexPhase } from "../../index/types.ts";
import { shell } from "../../messages/shell.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { classes } from "../classes.ts";
import { formatNumber } from "../format.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { Link } from "../Link.tsx";
import { links } from "../links.ts";

const MARKS: Readonly<Record<IndexPhase, readonly [IconName, string]>> = {
  starting: ["dashed", "text-muted"],
  catchingUp: ["clock", "text-info"],
  following: ["check", "text-success"],
  unreachable: ["cross", "text-danger"],
  wrongDeployment: ["ban", "text-danger"],
};

export function NetworkBadge() {
  const t = useTexts(shell);
  const [language] = useLanguage();
  const { chain } = useRuntime();
  const { phase, head, behindBlocks } = useIndexStatus();
  const isBehind = behindBlocks > 1n && (phase === "following" || phase === "catchingUp");
  const [icon, colour] = MARKS[isBehind ? "catchingUp" : phase];
  const state =
    isBehind || phase === "catchingUp" ? t.network.catchingUp(formatNumber(behindBlocks, language)) : t.network[phase];
  const isCurrent = phase === "following" && !isBehind;
  return (
    <Link
      href={links.status()}
      className="flex min-h-9 items-center gap-2 rounded-md border border-line bg-surface px-2 text-xs leading-tight hover:border-strong"
    >
      <Icon name={icon} className={classes("size-4", colour)} />
      <span className="sr-only sm:not-sr-only">
        <span className="block font-medium">{chain.name}</span>
        <span className="block text-muted tabular-nums">
          {isCurrent && head ? t.network.block(formatNumber(head.number, language)) : state}
        </span>
        {isCurrent && <span className="sr-only">{state}</span>}
      </span>
    </Link>
  );
}
