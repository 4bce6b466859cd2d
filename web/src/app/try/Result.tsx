"use client";
/** What the model says: a sentence, and every class with its probability as a figure and a bar. */
import { formatNumber, formatPercent } from "../../components/format.ts";
import { Panel } from "../../components/Panel.tsx";
import { Empty } from "../../components/States.tsx";
import type { Prediction } from "../../inference/worker/inferCalls.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { Picture } from "./Picture.tsx";

export interface ResultProps {
  readonly prediction: Prediction | undefined;
  readonly names: readonly string[];
  readonly record: Float32Array | undefined;
  readonly shape: readonly number[];
}

/** Below this share of the best class the model is said to be unsure. */
const SURE = 0.6;

/** More classes than these are not listed; the likeliest are. */
const MOST_ROWS = 20;

export function Result({ prediction, names, record, shape }: ResultProps) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  if (prediction === undefined || record === undefined) {
    return (
      <Panel title={t.result.title}>
        <Empty icon="pen" title={t.result.none} />
      </Panel>
    );
  }
  const { probabilities, computedInMs } = prediction;
  const rows = Array.from(probabilities, (share, index) => ({ index, share }));
  const best = rows.reduce((most, row) => (row.share > most.share ? row : most));
  const shown = rows.length <= MOST_ROWS ? rows : [...rows].sort((a, b) => b.share - a.share).slice(0, MOST_ROWS);
  const name = names[best.index] ?? `${best.index}`;
  const share = formatPercent(best.share, language);
  const milliseconds = formatNumber(computedInMs, language, { maximumFractionDigits: 1 });
  return (
    <Panel title={t.result.title} aside={t.result.computed(milliseconds)}>
      <div className="mb-4 flex flex-wrap items-center gap-5">
        <figure className="shrink-0">
          <Picture
            values={record}
            shape={shape}
            label={t.seenAlt(shape[0] ?? 0, shape[1] ?? 0)}
            className="size-24 rounded border border-line"
          />
          <figcaption className="mt-1 text-xs text-muted">{t.seen}</figcaption>
        </figure>
        <p className="min-w-0 flex-1 text-lg font-medium text-balance">
          {best.share >= SURE ? t.result.says(name, share) : t.result.unsure(name, share)}
        </p>
      </div>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-muted">
            <th scope="col" className="w-24 py-1 pr-3 font-normal">
              {t.result.class}
            </th>
            <th scope="col" className="py-1 font-normal">
              {t.result.probability}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ index, share: part }) => (
            <tr key={index} className={index === best.index ? "font-semibold" : undefined}>
              <th
                scope="row"
                className={`py-1 pr-3 text-left break-words ${index === best.index ? "" : "font-normal"}`}
              >
                {names[index] ?? index}
              </th>
              <td className="py-1">
                <span className="flex items-center gap-3">
                  <span aria-hidden="true" className="h-3 flex-1 overflow-hidden rounded-full bg-sunken">
                    <span
                      className={`block h-full rounded-full ${index === best.index ? "bg-accent" : "bg-strong"}`}
                      style={{ width: `${100 * part}%` }}
                    />
                  </span>
                  <span className="w-16 text-right tabular-nums">{formatPercent(part, language)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
