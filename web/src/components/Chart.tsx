"use client";
/**
 * Curves over rounds, with the same figures as a table beside them. Series differ by dash and mark as well as by colour.
 *
 * The drawing is a chunk of its own: pages show their words before it comes.
 */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { common } from "../messages/common.ts";
import { useLanguage, useTexts } from "../messages/useTexts.ts";
import { Button } from "./Button.tsx";
import { downloadCsv } from "./csv.ts";

export interface Series {
  readonly name: string;
  /** One a point of `x`; `undefined` where there is none. */
  readonly values: readonly (number | undefined)[];
  /** How a value is written. */
  readonly format: (value: number) => string;
  /** `start` scale by default; a second unit stands at the end. */
  readonly scale?: "start" | "end";
}

export interface ChartProps {
  /** What it shows, for those who don't see it: "Accuracy rose from 0.62 to 0.95". */
  readonly summary: string;
  readonly xName: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
  /** Unit: CSS pixels. @default 220 */
  readonly height?: number;
  /** File name for the CSV, without ending. */
  readonly fileName: string;
  readonly aside?: ReactNode;
}

export function Chart({ summary, xName, x, series, height = 220, fileName, aside }: ChartProps) {
  const t = useTexts(common);
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const save = (): void =>
    downloadCsv(fileName, [
      [xName, ...series.map(({ name }) => name)],
      ...x.map((value, i) => [value, ...series.map(({ values }) => values[i])]),
    ]);
  return (
    <figure aria-labelledby={id}>
      <figcaption id={id} className="mb-2 text-sm text-muted">
        {summary}
      </figcaption>
      {asTable ? (
        <FigureTable xName={xName} x={x} series={series} />
      ) : (
        <Drawing x={x} xName={xName} series={series} height={height} />
      )}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Button size="small" kind="quiet" onClick={() => setAsTable((before) => !before)}>
          {asTable ? t.showChart : t.showTable}
        </Button>
        <Button size="small" kind="quiet" icon="download" onClick={save}>
          {t.downloadCsv}
        </Button>
        {aside}
      </div>
    </figure>
  );
}

function Drawing({
  x,
  xName,
  series,
  height,
}: Pick<ChartProps, "x" | "xName" | "series"> & { readonly height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [language] = useLanguage();
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let drawn: { destroy(): void } | undefined;
    let gone = false;
    import("./drawChart.ts").then(({ drawChart }) => {
      if (!gone) drawn = drawChart(element, { x, xName, series, height, language });
    });
    return () => {
      gone = true;
      drawn?.destroy();
    };
  }, [x, xName, series, height, language]);
  return <div ref={box} aria-hidden="true" style={{ minHeight: height }} className="w-full min-w-0" />;
}

function FigureTable({ xName, x, series }: Pick<ChartProps, "x" | "xName" | "series">) {
  return (
    <div className="max-h-72 overflow-auto rounded-md border border-line">
      <table className="w-full text-sm tabular-nums">
        <thead className="sticky top-0 bg-sunken">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              {xName}
            </th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="px-3 py-1.5 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {x.map((value, i) => (
            <tr key={value} className="border-t border-line">
              <th scope="row" className="px-3 py-1 text-left font-normal">
                {value}
              </th>
              {series.map(({ name, values, format }) => {
                const figure = values[i];
                return (
                  <td key={name} className="px-3 py-1 text-right">
                    {figure === undefined ? "–" : format(figure)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
