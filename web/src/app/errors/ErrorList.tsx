"use client";
/** All codes, found by any word of them. */
import { useState } from "react";
import { TextField } from "../../components/Field.tsx";
import { Link } from "../../components/Link.tsx";
import { links } from "../../components/links.ts";
import { PageHeading } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import type { Language } from "../../messages/catalogue.ts";
import { errors } from "../../messages/errors.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";

interface Row extends Readonly<Record<Language, string>> {
  readonly code: string;
  readonly area: string;
}

export function ErrorList({ rows }: { readonly rows: readonly Row[] }) {
  const t = useTexts(errors);
  const [language] = useLanguage();
  const [wanted, setWanted] = useState("");
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    const text = `${row.code} ${row[language]}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const areas = [...new Set(found.map(({ area }) => area))];
  return (
    <>
      <PageHeading title={t.title} lead={t.lead} />
      <div className="max-w-md">
        <TextField
          label={t.search}
          type="search"
          value={wanted}
          onChange={setWanted}
          hint={t.count(`${found.length}`, `${rows.length}`)}
        />
      </div>
      {found.length === 0 && <Empty icon="search" title={t.none} />}
      {areas.map((area) => (
        <section key={area}>
          <h2 className="mb-2 text-lg font-semibold">
            {Object.hasOwn(t.areas, area) ? t.areas[area as "site"] : area}
          </h2>
          <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface text-sm">
            {found
              .filter((row) => row.area === area)
              .map((row) => (
                <li key={row.code}>
                  <Link
                    href={links.error(row.code)}
                    className="grid gap-x-4 px-4 py-2 hover:bg-sunken md:grid-cols-[20rem_1fr]"
                  >
                    <span className="font-mono text-[0.92em] font-medium break-all">{row.code}</span>
                    <span className="text-muted">{row[language]}</span>
                  </Link>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}
