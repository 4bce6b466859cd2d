"use client";
/** What a failure means and what to do, in the visitor's language. The contracts' hundred errors are loaded when one occurs. */
import type { RevertText } from "@cairn/trainer/protocol/revertTexts";
import { useCallback, useEffect, useState } from "react";
import type { Language } from "../messages/catalogue.ts";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useLanguage, useTexts } from "../messages/useTexts.ts";
import type { Failure } from "./activity.ts";

type Rows = Readonly<Record<string, RevertText>>;

const READERS: Readonly<Record<Language, () => Promise<Rows>>> = {
  en: async () => (await import("@cairn/trainer/protocol/revertTexts")).revertTexts,
  de: async () => (await import("../messages/de/reverts.ts")).reverts,
};

export function useFailureText(): (failure: Failure) => RevertText {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const [rows, setRows] = useState<Rows>({});
  useEffect(() => {
    let wanted = true;
    READERS[language]().then(
      (read) => wanted && setRows(read),
      () => {}, // its code stands there all the same, and leads to the catalogue's page
    );
    return () => {
      wanted = false;
    };
  }, [language]);
  return useCallback(
    ({ code, message }) => {
      const own = t.failures as unknown as Rows;
      if (Object.hasOwn(own, code)) return own[code]!;
      return Object.hasOwn(rows, code) ? rows[code]! : { what: code, next: message };
    },
    [t, rows],
  );
}
