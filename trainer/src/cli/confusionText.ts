/** A confusion matrix for people: actual classes down, predicted across, the diagonal bold. Pure. */
import type { Paint } from "./output.ts";

/** Wider matrices do not fit a terminal; then only the worst pairs are told. */
const MAX_COLUMNS = 12;
const WORST_PAIRS = 10;

/** @param confusion `confusion[actual][predicted]`, counts. */
export function confusionText(
  confusion: readonly (readonly number[])[],
  names: readonly string[],
  paint: Paint,
): string {
  return confusion.length <= MAX_COLUMNS ? matrix(confusion, names, paint) : worstPairs(confusion, names);
}

function matrix(confusion: readonly (readonly number[])[], names: readonly string[], paint: Paint): string {
  const cell = Math.max(4, ...confusion.flat().map((n) => `${n}`.length + 1));
  const name = Math.min(14, Math.max(6, ...names.map((text) => text.length)));
  const label = (i: number): string => (names[i] ?? `${i}`).slice(0, name).padEnd(name);
  const header = `${"ACTUAL".padEnd(name)} ${confusion.map((_, i) => short(names[i] ?? `${i}`, cell - 1).padStart(cell)).join("")}   RIGHT`;
  const rows = confusion.map((counts, actual) => {
    const total = counts.reduce((sum, n) => sum + n, 0);
    const cells = counts.map((n, predicted) => {
      const text = (n === 0 ? "·" : `${n}`).padStart(cell);
      if (predicted === actual) return paint(["bold", "green"], text);
      return n === 0 ? paint("dim", text) : text;
    });
    const right = total === 0 ? "—" : `${((100 * (counts[actual] ?? 0)) / total).toFixed(1)} %`;
    return `${label(actual)} ${cells.join("")}  ${right.padStart(7)}`;
  });
  return [paint("dim", header), ...rows].join("\n");
}

function worstPairs(confusion: readonly (readonly number[])[], names: readonly string[]): string {
  const pairs = confusion
    .flatMap((counts, actual) => counts.map((count, predicted) => ({ actual, predicted, count })))
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, WORST_PAIRS);
  return pairs
    .map(
      ({ actual, predicted, count }) =>
        `${`${count}`.padStart(6)}  ${names[actual] ?? actual} taken for ${names[predicted] ?? predicted}`,
    )
    .join("\n");
}

function short(text: string, width: number): string {
  return text.length <= width ? text : text.slice(0, width);
}
