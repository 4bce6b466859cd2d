"use client";
/** Test records to choose from, by keyboard too: what a drawing is to those who draw. */
import { useEffect, useState } from "react";
import type { ModelEngine } from "../../inference/modelEngine.ts";
import type { Sample } from "../../inference/worker/inferCalls.ts";
import { tryModel as catalogue } from "../../messages/try.ts";
import { useTexts } from "../../messages/useTexts.ts";
import { Picture } from "./Picture.tsx";

export interface SamplesProps {
  readonly engine: ModelEngine;
  readonly names: readonly string[];
  readonly onChoose: (record: Float32Array) => void;
}

/** Two of each class. */
const COUNT = 20;

const SHAPE = [28, 28, 1] as const;

export function Samples({ engine, names, onChoose }: SamplesProps) {
  const t = useTexts(catalogue);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    const gone = new AbortController();
    engine.samples(COUNT, gone.signal).then(setSamples, () => {}); // without samples one can still draw
    return () => gone.abort();
  }, [engine]);
  return (
    <section aria-labelledby="samples">
      <h3 id="samples" className="text-sm font-medium">
        {t.samples.title}
      </h3>
      <p className="mb-2 text-xs text-muted">{samples.length === 0 ? t.samples.loading : t.samples.lead}</p>
      <ul className="grid min-h-20 grid-cols-[repeat(auto-fill,minmax(2.5rem,1fr))] gap-1.5">
        {samples.map(({ label, grey }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
          <li key={i}>
            <button
              type="button"
              aria-label={t.samples.sample(names[label] ?? `${label}`)}
              onClick={() => onChoose(Float32Array.from(grey, (value) => value / 255))}
              className="block w-full overflow-hidden rounded border border-line hover:border-accent"
            >
              <Picture
                values={Array.from(grey, (value) => value / 255)}
                shape={SHAPE}
                className="block aspect-square w-full"
              />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
