/** Text in columns: width, padding, cutting, cleaning. Pure; every character that the view draws is one column wide. */
import { stripVTControlCharacters } from "node:util";

/** @returns how many columns `text` takes, colours not counted. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** @returns `text` cut to `columns`, with `…` where it was cut. Takes plain text only: a colour could be cut off. */
export function cut(text: string, columns: number): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  return columns <= 0 ? "" : `${characters.slice(0, columns - 1).join("")}…`;
}

/** @returns `text` in lines of at most `columns`, parted at blanks where there are any. Takes plain text only. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > columns) {
    const blank = rest.slice(0, columns + 1).lastIndexOf(" ");
    lines.push(rest.slice(0, blank > 0 ? blank : columns).join(""));
    rest = rest.slice(blank > 0 ? blank + 1 : columns);
  }
  return [...lines, rest.join("")];
}

/** @returns `text` followed by blanks up to `columns`; longer text unchanged. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

/** @returns `text` after blanks up to `columns`; longer text unchanged. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** @returns `text` on one line without control characters, so that what a node says can't move the cursor. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, " ")
    .trim();
}

/** @returns `75` seconds as `1:15`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
