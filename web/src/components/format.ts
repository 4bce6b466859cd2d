/** Numbers, amounts and times in the visitor's language. Pure: the clock is an argument. */
import type { Language } from "../messages/catalogue.ts";

const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", de: "de-DE" };

/** Digits after the point of 10^18 wei. */
const WEI_DIGITS = 18;

export function formatNumber(
  value: number | bigint,
  language: Language,
  options: Intl.NumberFormatOptions = {},
): string {
  return new Intl.NumberFormat(LOCALES[language], options).format(value);
}

/** @param share of 1. @returns with one digit after the point: `91.2 %`. */
export function formatPercent(share: number, language: Language, digits = 1): string {
  return formatNumber(share, language, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export interface AmountOptions {
  /** Significant digits after the point; what is cut off is cut, never rounded up. @default 4 */
  readonly digits?: number;
}

/**
 * `value` · 10⁻¹⁸ in words of the language; exact arithmetic, cut towards zero after `digits` places.
 *
 * An amount that is not zero but would show as zero becomes `<0.0001`, so nobody reads that nothing is there.
 *
 * @param value Unit: wei.
 */
export function formatAmount(value: bigint, language: Language, { digits = 4 }: AmountOptions = {}): string {
  const negative = value < 0n;
  const absolute = negative ? -value : value;
  const unit = 10n ** BigInt(WEI_DIGITS);
  const whole = absolute / unit;
  const fraction = (absolute % unit).toString().padStart(WEI_DIGITS, "0").slice(0, digits).replace(/0+$/, "");
  const point = decimalPoint(language);
  if (whole === 0n && fraction === "" && absolute > 0n) {
    return `${negative ? ">-" : "<"}0${point}${"1".padStart(digits, "0")}`;
  }
  const text = `${formatNumber(whole, language)}${fraction === "" ? "" : `${point}${fraction}`}`;
  return negative ? `-${text}` : text;
}

/** All 18 digits, without grouping: what a person copies. @param value Unit: wei. */
export function exactAmount(value: bigint): string {
  const absolute = value < 0n ? -value : value;
  const unit = 10n ** BigInt(WEI_DIGITS);
  const fraction = (absolute % unit).toString().padStart(WEI_DIGITS, "0").replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${absolute / unit}${fraction === "" ? "" : `.${fraction}`}`;
}

function decimalPoint(language: Language): string {
  const parts = new Intl.NumberFormat(LOCALES[language]).formatToParts(1.5);
  return parts.find(({ type }) => type === "decimal")?.value ?? ".";
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** In powers of 1000, at most three significant digits: `85.1 kB`. */
export function formatBytes(bytes: number, language: Language): string {
  const step = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return formatNumber(bytes / 1000 ** step, language, {
    style: "unit",
    unit: BYTE_UNITS[step]!,
    unitDisplay: "short",
    maximumSignificantDigits: 3,
  });
}

/** `0xA1b2…9f3e`; texts too short to gain from it stay whole. */
export function shortHex(
  value: string,
  { head = 6, tail = 4 }: { readonly head?: number; readonly tail?: number } = {},
): string {
  return value.length <= head + tail + 1 ? value : `${value.slice(0, head)}…${value.slice(-tail)}`;
}

/** Local date and time, to the second. @param seconds Unit: unix seconds. */
export function formatDateTime(seconds: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "medium" }).format(
    seconds * 1000,
  );
}

/** Local time of the day, to the second. @param seconds Unit: unix seconds. */
export function formatClock(seconds: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { timeStyle: "medium" }).format(seconds * 1000);
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** `3 minutes ago`, `in 2 days`. @param seconds from now; negative is past. */
export function formatRelative(seconds: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}

/** A clock that runs down: `03:12`, `1:02:45`, `2 d 04:00:00`. @param seconds Never shown below zero. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (value: number): string => `${value}`.padStart(2, "0");
  const [days, hours] = [Math.floor(left / 86_400), Math.floor((left % 86_400) / 3_600)];
  const rest = `${two(Math.floor((left % 3_600) / 60))}:${two(left % 60)}`;
  if (days > 0) return `${days} d ${two(hours)}:${rest}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A length of time in its two largest units: `1 h 30 min`. @param seconds Whole. */
export function formatDuration(seconds: number, language: Language): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(formatNumber(count, language, { style: "unit", unit, unitDisplay: "short" }));
    if (parts.length === 2) break;
  }
  return parts.length === 0
    ? formatNumber(0, language, { style: "unit", unit: "second", unitDisplay: "short" })
    : parts.join(" ");
}
