/** Draws frames over each other on a terminal, without flicker, and gives the terminal back as it was. */

export interface Surface {
  /** Replaces what is shown. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back with what was on it before. A second call does nothing. */
  close(): void;
}

// Source of all: xterm control sequences (DEC private modes 25, 1049 and 2026). A terminal ignores those it does not know.
const ENTER = "\u001b[?1049h\u001b[?25l"; // the alternate screen, so that a resize never leaves torn lines; no cursor
const LEAVE = "\u001b[?25h\u001b[?1049l";
const BEGIN_FRAME = "\u001b[?2026h"; // show the frame only when it is whole
const END_FRAME = "\u001b[?2026l";
const HOME = "\u001b[H";
const CLEAR_LINE_END = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** Every frame is one write: each line over the old one, its rest cleared, then all below cleared. */
export function openScreen(stream: { write(text: string): unknown }): Surface {
  let open = true;
  stream.write(ENTER);
  return {
    draw(lines) {
      if (!open) return;
      const body = lines.map((line) => line + CLEAR_LINE_END).join("\r\n");
      stream.write(BEGIN_FRAME + HOME + body + CLEAR_BELOW + END_FRAME);
    },
    close() {
      if (open) stream.write(LEAVE);
      open = false;
    },
  };
}
