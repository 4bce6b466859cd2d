/**
 * Draws what a terminal shows as an SVG picture: `tmux capture-pane -ep | node scripts/render-terminal.ts --title TEXT
 * --out FILE`.
 *
 * Knows the colours that `util.styleText` writes and no cursor movements: the input is a screen, not a session.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

export interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  /** A name of {@link COLOURS}. */
  readonly colour: keyof typeof COLOURS;
}

export interface Run {
  readonly text: string;
  readonly style: Style;
  /** Where it begins, from 0. Unit: columns. */
  readonly column: number;
}

/** Contrast of each against the background is at least 4.5 : 1 (WCAG 2.2, 1.4.3). */
const COLOURS = {
  text: "#e6e6e0",
  dim: "#a0a39c",
  red: "#ff8a80",
  green: "#8fd694",
  yellow: "#f0d070",
  blue: "#8ab4f8",
  magenta: "#d7a6f2",
  cyan: "#78d4d8",
} as const;

const BACKGROUND = "#1d201f";
const FRAME = "#343836";

/** One character. Unit: pixels. */
const CELL = { width: 8.4, height: 19 } as const;

const FONT_PIXELS = 14;

/** Around the text, and above it the window's title. Unit: pixels. */
const MARGIN = { side: 16, top: 48, bottom: 14 } as const;

const PLAIN: Style = { bold: false, dim: false, colour: "text" };

const FOREGROUNDS = new Map<number, Style["colour"]>([
  [31, "red"],
  [32, "green"],
  [33, "yellow"],
  [34, "blue"],
  [35, "magenta"],
  [36, "cyan"],
  [39, "text"],
]);

/** @returns the line's text in pieces of one style each; blanks at its end left out. */
export function parseLine(line: string): Run[] {
  const runs: Run[] = [];
  let style = PLAIN;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a style
  for (const [, codes, text] of line.trimEnd().matchAll(/\u001b\[([\d;]*)m|([^\u001b]+)/g)) {
    if (text === undefined) {
      style = (codes ?? "").split(";").map(Number).reduce(applyCode, style);
      continue;
    }
    runs.push({ text, style, column });
    column += [...text].length;
  }
  return runs;
}

/** @param code of "select graphic rendition", ECMA-48 8.3.117; one that is not known changes nothing. */
function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  const colour = FOREGROUNDS.get(code);
  return colour === undefined ? style : { ...style, colour };
}

/** @returns the picture, with `title` as its name for those who can't see it and the text as its description. */
export function renderSvg(screen: string, title: string): string {
  const lines = trimBlank(screen.split(/\r?\n/)).map(parseLine);
  const columns = Math.max(80, ...lines.map((runs) => lineWidth(runs)));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN.side);
  const height = MARGIN.top + lines.length * CELL.height + MARGIN.bottom;
  const description = lines.map((runs) => runs.map(({ text }) => text).join("")).join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="description">${escapeXml(description)}</desc>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<path d="M0 8a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v24H0z" fill="${FRAME}"/>`,
    ...["red", "yellow", "green"].map(
      (name, i) => `<circle cx="${18 + 18 * i}" cy="16" r="5" fill="${COLOURS[name as "red"]}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_PIXELS}" xml:space="preserve">`,
    `<text x="${width / 2}" y="21" fill="${COLOURS.dim}" text-anchor="middle">${escapeXml(title)}</text>`,
    ...lines.flatMap((runs, row) => runs.flatMap((run) => drawRun(run, row))),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function lineWidth(runs: readonly Run[]): number {
  const last = runs.at(-1);
  return last === undefined ? 0 : last.column + [...last.text].length;
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return lines.slice(0, last + 1);
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/** Bars are drawn as rectangles, for fonts disagree about them; all other text is stretched to its columns. */
function drawRun({ text, style, column }: Run, row: number): string[] {
  const pieces: string[] = [];
  let at = column;
  for (const piece of text.match(/[▁▂▃▄▅▆▇█]+|[^▁▂▃▄▅▆▇█]+/g) ?? []) {
    pieces.push(...(BLOCKS.includes(piece[0]!) ? drawBars(piece, style, at, row) : drawText(piece, style, at, row)));
    at += [...piece].length;
  }
  return pieces;
}

function drawText(text: string, style: Style, column: number, row: number): string[] {
  const trimmed = text.trimStart();
  if (trimmed === "") return [];
  const first = column + [...text].length - [...trimmed].length;
  const shown = trimmed.trimEnd();
  const x = round(MARGIN.side + first * CELL.width);
  const y = round(MARGIN.top + row * CELL.height + FONT_PIXELS);
  const length = round([...shown].length * CELL.width);
  const weight = style.bold ? ' font-weight="bold"' : "";
  const size = `textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
  return [`<text x="${x}" y="${y}" fill="${fillOf(style)}"${weight} ${size}>${escapeXml(shown)}</text>`];
}

function drawBars(bars: string, style: Style, column: number, row: number): string[] {
  const runs = bars.match(/(.)\1*/gu) ?? [];
  let at = column;
  return runs.map((run) => {
    const height = (CELL.height * (BLOCKS.indexOf(run[0]!) + 1)) / BLOCKS.length;
    const x = round(MARGIN.side + at * CELL.width);
    const y = round(MARGIN.top + (row + 1) * CELL.height - height);
    const width = round([...run].length * CELL.width);
    at += [...run].length;
    return `<rect x="${x}" y="${y}" width="${width}" height="${round(height)}" fill="${fillOf(style)}"/>`;
  });
}

function fillOf({ dim, colour }: Style): string {
  return dim && colour === "text" ? COLOURS.dim : COLOURS[colour];
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { title: { type: "string" }, out: { type: "string" } } });
  if (values.out === undefined) {
    process.stderr.write("usage: tmux capture-pane -ep | node scripts/render-terminal.ts --title TEXT --out FILE\n");
    process.exitCode = 2;
  } else {
    writeFileSync(values.out, renderSvg(readFileSync(0, "utf8"), values.title ?? "terminal"));
  }
}
