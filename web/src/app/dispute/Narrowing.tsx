"use client";
/** The interval closing in: one bar a level, as far as the game has come. */
import type { Standing } from "@cairn/trainer/audit/dispute/outline";
import { formatNumber } from "../../components/format.ts";
import type { DisputeMove } from "../../index/types.ts";
import { disputes as catalogue } from "../../messages/disputes.ts";
import { useLanguage, useTexts } from "../../messages/useTexts.ts";
import { rangeOf } from "./placeText.ts";

const LEVELS: readonly Standing["of"][] = ["steps", "writes", "tensors", "words", "instructions"];

interface Level {
  readonly of: Standing["of"];
  /** The whole, as the level began. */
  readonly whole: readonly [low: number, high: number];
  /** What is left of it. */
  readonly standing: Standing;
}

export function Narrowing({ moves }: { readonly moves: readonly DisputeMove[] }) {
  const t = useTexts(catalogue);
  const [language] = useLanguage();
  const levels = LEVELS.flatMap((of) => levelOf(moves, of) ?? []);
  const count = (value: number): string => formatNumber(value, language);
  return (
    <ol className="flex flex-col gap-4">
      {levels.map(({ of, whole: [from, to], standing }) => {
        const { low, high, element } = standing;
        const { first, last } = rangeOf(standing);
        const all = count(to - from);
        return (
          <li key={of}>
            <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
              <span className="font-medium">{t.levels[of]}</span>
              <span className="tabular-nums text-muted">
                {first === last ? t.one(count(last), all) : t.range(count(first), count(last), all)}
                {of === "words" && element !== undefined && ` · ${t.elementLeft(count(element))}`}
              </span>
            </div>
            <div aria-hidden="true" className="mt-1 h-2.5 overflow-hidden rounded-full border border-line bg-surface">
              <div
                className="h-full min-w-[3px] bg-accent"
                style={{
                  marginLeft: `${(100 * (low - from)) / (to - from)}%`,
                  width: `${(100 * (high - low)) / (to - from)}%`,
                }}
              />
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function levelOf(moves: readonly DisputeMove[], of: Standing["of"]): Level | undefined {
  const places = moves.map(({ place }) => place).filter((place) => place.of === of);
  const [first, last] = [places[0], places.at(-1)];
  return first === undefined || last === undefined ? undefined : { of, whole: [first.low, first.high], standing: last };
}
