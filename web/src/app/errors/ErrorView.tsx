"use client";
/** One code: what happened, and what to do. */
import { Copy } from "../../components/Copy.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading, Panel } from "../../components/Panel.tsx";
import { errors } from "../../messages/errors.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import type { ErrorRow } from "./allErrors.ts";

export function ErrorView({ row }: { readonly row: ErrorRow }) {
  const t = useTexts(errors);
  const [language] = useLanguage();
  const { what, next } = row.texts[language];
  const command = `npx cairn errors ${row.code}`;
  const lang = row.isOfCli ? "en" : undefined;
  return (
    <>
      <PageHeading
        over={
          <Link href={links.errors()} className="hover:underline">
            {t.back}
          </Link>
        }
        title={<span className="font-mono text-[0.85em] break-all">{row.code}</span>}
      />
      <div className="flex max-w-3xl flex-col gap-6">
        <Panel title={t.what} note={row.isOfCli && language !== "en" ? t.inEnglish : undefined}>
          <p lang={lang}>{what}</p>
        </Panel>
        <Panel title={t.next}>
          <ul lang={lang} className="flex flex-col gap-1.5">
            {(next.length === 0 ? [t.unnamed] : next).map((step) => (
              <li key={step} className="whitespace-pre-wrap">
                {step}
              </li>
            ))}
          </ul>
        </Panel>
        {row.isOfCli && (
          <Panel title={t.cli}>
            <p className="flex items-center gap-1">
              <code className="rounded bg-sunken px-2 py-1 text-sm break-all">{command}</code>
              <Copy text={command} what={t.cli} />
            </p>
          </Panel>
        )}
      </div>
    </>
  );
}
