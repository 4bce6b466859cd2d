"use client";
/** Which classes are taken for which: numbers first, shade second. Rows are what is true, columns what was said. */
import { models as catalogue } from "../../messages/models.ts";
import { useTexts } from "../../messages/useTexts.ts";

export interface ConfusionMatrixProps {
  /** `confusion[actual][predicted]`: how many. */
  readonly confusion: readonly (readonly number[])[];
  readonly classNames?: readonly string[] | undefined;
}

/** More rows than this nobody reads. */
const MAX_CLASSES = 40;

export function ConfusionMatrix({ confusion, classNames }: ConfusionMatrixProps) {
  const t = useTexts(catalogue);
  if (confusion.length > MAX_CLASSES) return <p className="text-sm text-muted">{t.tooManyClasses(confusion.length)}</p>;
  const nameOf = (index: number) => classNames?.[index] ?? `${index}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label={t.confusionTable} tabIndex={0} className="max-w-full overflow-x-auto">
      <table className="border-separate border-spacing-0.5 text-center text-sm tabular-nums">
        <caption className="sr-only">{t.confusionTable}</caption>
        <thead>
          <tr>
            <th scope="col" className="px-2 text-left text-xs font-normal text-muted">
              {t.actualPredicted}
            </th>
            {confusion.map((_, i) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: the index is the class
                key={i}
                scope="col"
                className="min-w-9 px-1 font-medium text-muted"
              >
                {nameOf(i)}
              </th>
            ))}
            <th scope="col" className="px-2 text-xs font-normal text-muted">
              {t.right}
            </th>
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, actual) => {
            const sum = row.reduce((total, count) => total + count, 0);
            return (
              <tr
                // biome-ignore lint/suspicious/noArrayIndexKey: the index is the class
                key={actual}
              >
                <th scope="row" className="px-2 text-left font-medium text-muted">
                  {nameOf(actual)}
                </th>
                {row.map((count, predicted) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: the index is the class
                    key={predicted}
                    className="h-8 rounded-sm"
                    style={{ background: shade(sum === 0 ? 0 : count / sum, actual === predicted) }}
                  >
                    {count === 0 ? <span className="text-muted">·</span> : count}
                  </td>
                ))}
                <td className="px-2 text-muted">
                  {sum === 0 ? "–" : `${Math.floor(((row[actual] ?? 0) / sum) * 100)} %`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Never so strong that the number on it can't be read. */
function shade(share: number, isRight: boolean): string {
  if (share === 0) return "transparent";
  const strength = Math.round((isRight ? 8 + share * 22 : 12 + share * 45) * 10) / 10;
  return `color-mix(in oklab, var(--color-${isRight ? "success" : "danger"}) ${strength}%, transparent)`;
}
