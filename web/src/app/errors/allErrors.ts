/**
 * Every code with a page of its own: those of the command line's catalogue, and those that only this site shows.
 *
 * Read while the site is built, so no page carries the whole table.
 */
import { CATALOGUE } from "@cairn/trainer/cli/errorCatalogue";
import { LANGUAGES, type Language } from "../../messages/catalogue.ts";
import { documents } from "../../messages/documents.ts";
import { train } from "../../messages/train.ts";
import { transactions } from "../../messages/transactions.ts";
import { tryModel } from "../../messages/try.ts";

export interface ErrorText {
  readonly what: string;
  readonly next: readonly string[];
}

export interface ErrorRow {
  readonly code: string;
  readonly area: string;
  /** The catalogue of the command line speaks English only. */
  readonly texts: Readonly<Record<Language, ErrorText>>;
  /** The command line knows it too. */
  readonly isOfCli: boolean;
}

const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;

export function allErrors(): readonly ErrorRow[] {
  const rows = new Map<string, ErrorRow>();
  for (const [area, entries] of Object.entries(CATALOGUE)) {
    for (const [code, { what, next }] of Object.entries(entries)) {
      rows.set(code, { code, area, texts: { en: { what, next }, de: { what, next } }, isOfCli: true });
    }
  }
  for (const row of siteErrors()) if (!rows.has(row.code)) rows.set(row.code, row);
  return [...rows.values()];
}

function siteErrors(): ErrorRow[] {
  const codes = new Set(LANGUAGES.flatMap((language) => [...siteTexts(language).keys()]));
  const textOf = (code: string, language: Language): ErrorText => siteTexts(language).get(code)!;
  return [...codes].map((code) => ({
    code,
    area: code.startsWith("WALLET_") ? "wallet" : "site",
    texts: { en: textOf(code, "en"), de: textOf(code, "de") },
    isOfCli: false,
  }));
}

/** Most telling first: a text with a next step before one without. */
function siteTexts(language: Language): Map<string, ErrorText> {
  const texts = new Map<string, ErrorText>();
  const add = (code: string, text: ErrorText): void => {
    if (CODE.test(code) && !texts.has(code)) texts.set(code, text);
  };
  for (const [code, { what, next }] of Object.entries(transactions[language].failures))
    add(code, { what, next: [next] });
  for (const [code, title] of Object.entries(documents[language].titles)) {
    const text = (documents[language].texts as Readonly<Record<string, string>>)[code];
    add(code, { what: title, next: text === undefined ? [] : [text] });
  }
  for (const area of [train[language].errors, tryModel[language].errors]) {
    for (const [code, text] of Object.entries(area)) if (typeof text === "string") add(code, { what: text, next: [] });
  }
  return texts;
}
