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
