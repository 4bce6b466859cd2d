"use client";
/** A place of a game in words, in the page's language. */
import type { Standing } from "@cairn/trainer/audit/dispute/outline";
import { formatNumber } from "../../components/format.ts";
import { disputes as catalogue } from "../../messages/disputes.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";

/** @returns what says a place: `Steps 122 to 125`. */
export function usePlaceText(): (place: Standing) => string {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const count = (value: number): string => formatNumber(value, language);
  return ({ of, low, high, element }) => {
    const first = of === "words" ? low : low + 1;
    const final = of === "words" ? high - 1 : high;
    if (of === "words" && element !== undefined) return t.element(count(element));
    return `${t.levels[of]}: ${high - low === 1 ? count(final) : t.between(count(first), count(final))}`;
  };
}
