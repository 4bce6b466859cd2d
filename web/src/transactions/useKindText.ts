"use client";
/** What an activity is about, in the visitor's language: "Stake 50 CAIRN". */
import { useCallback } from "react";
import { formatAmount } from "../components/format.ts";
import { transactions as catalogue } from "../messages/transactions.ts";
import { useLanguage, useTexts } from "../messages/useTexts.ts";
import type { Activity } from "./activity.ts";

export function useKindText(): (activity: Pick<Activity, "kind" | "subject">) => string {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  return useCallback(
    ({ kind, subject }) => {
      const kinds = t.kinds as unknown as Readonly<
        Record<string, (subject: Readonly<Record<string, string>>) => string>
      >;
      const shown = Object.fromEntries(
        Object.entries(subject).map(([name, text]) => [name, name.endsWith("Wei") ? amountText(text, language) : text]),
      );
      return Object.hasOwn(kinds, kind) ? kinds[kind]!(shown) : kind;
    },
    [t, language],
  );
}

function amountText(wei: string, language: Parameters<typeof formatAmount>[1]): string {
  return /^\d+$/.test(wei) ? formatAmount(BigInt(wei), language) : wei;
}
