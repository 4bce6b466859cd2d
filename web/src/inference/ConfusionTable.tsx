"use client";
/** What was taken for what: figures in a table, each with its share of the row as a tint behind it. */
import { tryModel as catalogue } from "../messages/try.ts";
import { useTexts } from "../messages/useTexts.ts";

export interface ConfusionTableProps {
  /** `confusion[actual][predicted]`. */
  readonly confusion: readonly (readonly number[])[];
  readonly names: readonly string[];
}

/** A tint never hides the figure on it. Unit: per cent. */
const STRONGEST_TINT = 45;

export function ConfusionTable({ confusion, names }: ConfusionTableProps) {
  const t = useTexts(catalogue);
  const nameOf = (index: number): string => names[index] ?? `${index}`;
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t.confusion.caption}
      className="overflow-x-auto rounded-md border border-line"
    >
      <table className="w-full border-collapse text-center text-sm tabular-nums">
        <caption className="px-3 py-2 text-left text-xs text-muted">{t.confusion.caption}</caption>
        <thead>
          <tr>
            <td className="px-2 py-1 text-left text-xs text-muted">
              {t.confusion.actual} ↓ {t.confusion.predicted} →
            </td>
            {confusion.map((_, predicted) => (
              <th key={nameOf(predicted)} scope="col" className="px-2 py-1 font-medium">
                {nameOf(predicted)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, actual) => {
            const total = Math.max(
              1,
              row.reduce((sum, count) => sum + count, 0),
            );
            return (
              <tr key={nameOf(actual)} className="border-t border-line">
                <th scope="row" className="px-3 py-1 text-left font-medium">
                  {nameOf(actual)}
                </th>
                {row.map((count, predicted) => {
                  const colour = actual === predicted ? "success" : "danger";
                  const tint = Math.round((STRONGEST_TINT * count) / total);
                  return (
                    <td
                      key={nameOf(predicted)}
                      title={t.confusion.cell(count, nameOf(actual), nameOf(predicted))}
                      className={`px-2 py-1 ${actual === predicted ? "font-semibold" : count === 0 ? "text-muted" : ""}`}
                      style={{ background: `color-mix(in oklab, var(--color-${colour}) ${tint}%, transparent)` }}
                    >
                      {count}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
