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
  return (place) => {
    const { of, element } = place;
    if (of === "words" && element !== undefined) return t.elementLeft(count(element));
    const { first, last } = rangeOf(place);
    return `${t.levels[of]}: ${first === last ? count(last) : t.between(count(first), count(last))}`;
  };
}

/** @returns the first and the last of what is left, as people count: numbers of a result from 0, as in the code, all others from 1. */
export function rangeOf({ of, low, high }: Standing): { readonly first: number; readonly last: number } {
  return of === "words" ? { first: low, last: high - 1 } : { first: low + 1, last: high };
}
