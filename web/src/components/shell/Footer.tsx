"use client";
/** How fresh the page is, and what helps, at the same place everywhere. */
import { useIndexStatus } from "../../index/hooks.ts";
import { shell } from "../../messages/shell.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { useRuntime } from "../../runtime/RuntimeProvider.tsx";
import { formatNumber } from "../format.ts";
import { Link } from "../Link.tsx";
import { links } from "../links.ts";
import { Preferences } from "./Preferences.tsx";

export function Footer({ live }: { readonly live: boolean }) {
  const t = useTexts(shell);
  return (
    <footer className="mt-16 border-t border-line pb-20 lg:pb-6">
      <div className="mx-auto flex max-w-7xl flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 pt-5 text-sm text-muted sm:px-6">
        <div className="min-w-0">
          {live && <Freshness />}
          <p className="max-w-2xl text-xs text-pretty">{t.footer.source}</p>
        </div>
        <nav aria-label={t.footer.help} className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Link href={links.status()} className="inline-flex min-h-6 items-center hover:underline">
            {t.status}
          </Link>
          <Link href={links.errors()} className="inline-flex min-h-6 items-center hover:underline">
            {t.errors}
          </Link>
          <Preferences />
        </nav>
      </div>
    </footer>
  );
}

function Freshness() {
  const t = useTexts(shell);
  const [language] = useLanguage();
  const { chain } = useRuntime();
  const { head, indexedBlock, behindBlocks } = useIndexStatus();
  return (
    <p className="text-xs tabular-nums">
      {t.footer.chain(chain.name, `${chain.id}`)}
      {head && ` · ${t.network.block(formatNumber(head.number, language))}`}
      {indexedBlock >= 0n &&
        ` · ${t.footer.indexed(formatNumber(indexedBlock, language), formatNumber(behindBlocks, language))}`}
    </p>
  );
}
