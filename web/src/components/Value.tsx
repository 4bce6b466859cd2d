"use client";
/** Numbers in the visitor's language. Amounts are bigint up to here. */
import { useLanguage } from "../messages/useTexts.ts";
import { exactAmount, formatAmount, formatBytes, formatNumber, formatPercent } from "./format.ts";

export interface AmountProps {
  /** Unit: wei. */
  readonly wei: bigint;
  /** @default "CAIRN"; an empty text leaves it out where a heading says it. */
  readonly unit?: string;
  readonly digits?: number;
}

/** Cut to a few digits; the whole amount in its title. */
export function Amount({ wei, unit = "CAIRN", digits = 4 }: AmountProps) {
  const [language] = useLanguage();
  return (
    <span title={`${exactAmount(wei)} ${unit}`.trim()} className="whitespace-nowrap tabular-nums">
      {formatAmount(wei, language, { digits })}
      {unit !== "" && <span className="text-[0.8em] font-normal text-muted"> {unit}</span>}
    </span>
  );
}

export function Count({ value }: { readonly value: number | bigint }) {
  const [language] = useLanguage();
  return <span className="tabular-nums">{formatNumber(value, language)}</span>;
}

/** @param share of 1. */
export function Percent({ share, digits = 1 }: { readonly share: number; readonly digits?: number }) {
  const [language] = useLanguage();
  return <span className="whitespace-nowrap tabular-nums">{formatPercent(share, language, digits)}</span>;
}

export function Bytes({ bytes }: { readonly bytes: number }) {
  const [language] = useLanguage();
  return <span className="whitespace-nowrap tabular-nums">{formatBytes(bytes, language)}</span>;
}
