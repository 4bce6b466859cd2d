/**
 * A view that is drawn over itself on a terminal, below what was printed before, and left standing at its end.
 *
 * Not the alternate screen: the last frame is what people scroll back to. Must not decide what is shown.
 */
import { stripVTControlCharacters } from "node:util";
import type { OutputStream } from "./host.ts";

export interface TerminalView {
  /** Replaces what is shown. Lines longer than the terminal is wide must be cut before. */
  draw(lines: readonly string[]): void;
  /** Wipes the view, so that a line can be printed in its place; the next {@link draw} brings it back below. */
  wipe(): void;
  /** Leaves the last frame standing and gives the cursor back. A second call does nothing. */
  close(): void;
}

// xterm control sequences (DEC private modes 25 and 2026). A terminal ignores those it does not know.
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const BEGIN_FRAME = "\u001b[?2026h"; // show the frame only when it is whole
const END_FRAME = "\u001b[?2026l";
const CLEAR_BELOW = "\u001b[J";
const CLEAR_LINE_END = "\u001b[K";

export function openTerminalView(stream: OutputStream): TerminalView {
  let drawn: readonly string[] = [];
  let open = true;
  let shown = false;
  /** Back to the first line: a narrower terminal has broken the old lines, so it counts what they take up now. */
  const home = (): string => {
    const columns = Math.max(1, stream.columns ?? 80);
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return rows === 0 ? "" : `\u001b[${rows}A\r`;
  };
  return {
    draw(lines) {
      if (!open) return;
      const body = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join("");
      stream.write(`${BEGIN_FRAME}${shown ? "" : HIDE_CURSOR}${home()}${body}${CLEAR_BELOW}${END_FRAME}`);
      drawn = lines;
      shown = true;
    },
    wipe() {
      if (open && drawn.length > 0) stream.write(`${home()}${CLEAR_BELOW}`);
      drawn = [];
    },
    close() {
      if (open && shown) stream.write(SHOW_CURSOR);
      open = false;
    },
  };
}

/** @returns `text` cut to what `columns` can show. Knows colours; a cut line ends in `…` and without colour. */
export function cutLine(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return `${[...stripVTControlCharacters(text)].slice(0, Math.max(0, columns - 1)).join("")}…`;
}

/** @returns how many columns `text` takes up, colours left out. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
