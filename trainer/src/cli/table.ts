/** Text in columns. Knows the width of what is seen, not of colour codes. Pure. */
import { stripVTControlCharacters } from "node:util";
import type { Paint } from "./output.ts";

/** Columns that hold numbers only are set flush right. */
const NUMBER = /^[<+-]?[\d.,]+ ?%?$|^—$|^$/;

/** @returns a header and rows under each other; the last column is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => width(row[i] ?? ""))));
  const right = header.map(
    (_, i) =>
      rows.some((row) => /\d/.test(row[i] ?? "")) &&
      rows.every((row) => NUMBER.test(stripVTControlCharacters(row[i] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const padding = " ".repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
        if (right[i]) return padding + cell;
        return i === cells.length - 1 ? cell : cell + padding;
      })
      .join("  ")
      .trimEnd();
  return [paint("dim", line(header)), ...rows.map(line)].join("\n");
}

/** @returns `name  value` lines with the values under each other. */
export function fields(pairs: readonly (readonly [string, string])[], paint: Paint): string {
  const column = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${paint("dim", name.padEnd(column))}  ${value}`).join("\n");
}

/** @returns a bar of `cells` characters for `share` in 0…1, in eighths of a cell; `empty` fills the rest. */
export function bar(share: number, cells: number, empty = " "): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * cells * 8);
  const rest = " ▏▎▍▌▋▊▉"[eighths % 8]!;
  return ("█".repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? "" : rest)).padEnd(cells, empty);
}

/** @returns `3 to 5`, or `4` when both are. */
export function rangeText(min: number, max: number): string {
  return min === max ? `${min}` : `${min} to ${max}`;
}

/** @returns `0x1234…abcd`. */
export function shortHex(text: string): string {
  return text.length > 14 ? `${text.slice(0, 6)}…${text.slice(-4)}` : text;
}

/** @returns a byte count for people, in powers of 1,024. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
