import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { styleText } from "node:util";
import { parseLine, renderSvg } from "./render-terminal.ts";

const paint = (format: Parameters<typeof styleText>[0], text: string): string =>
  styleText(format, text, { validateStream: false });

describe("parseLine", () => {
  it("cuts a line into pieces of one style and knows their columns", () => {
    const runs = parseLine(`a ${paint(["bold", "red"], "✖ no")} ${paint("dim", "later")}  `);
    assert.deepEqual(
      runs.map(({ text, column, style }) => [text, column, style.colour, style.bold, style.dim]),
      [
        ["a ", 0, "text", false, false],
        ["✖ no", 2, "red", true, false],
        [" ", 6, "text", false, false],
        ["later", 7, "text", false, true],
      ],
    );
  });

  it("passes over codes it does not know", () => {
    assert.deepEqual(parseLine("\u001b[4;38;5;9mx"), [
      { text: "x", column: 0, style: { bold: false, dim: false, colour: "text" } },
    ]);
  });
});

describe("renderSvg", () => {
  it("names and describes the picture for those who can't see it", () => {
    const svg = renderSvg("a < b & c\n\n", "npm start");
    assert.match(svg, /<title id="title">npm start<\/title>/);
    assert.match(svg, /<desc id="description">a &lt; b &amp; c<\/desc>/);
    assert.match(svg, /aria-labelledby="title description"/);
  });

  it("draws bars as rectangles of their height, standing on the cell's floor", () => {
    // A cell is 8.4 × 19 at (16, 48): the half block is 9.5 high and begins at 57.5.
    assert.match(renderSvg("▄▄█", "bars"), /<rect x="16" y="57.5" width="16.8" height="9.5" fill="#e6e6e0"\/>/);
  });

  it("puts text at its column and stretches it to its cells", () => {
    // Column 2 begins at 16 + 2 · 8.4 = 32.8; three characters are 25.2 wide; the first baseline is at 48 + 14.
    assert.match(renderSvg("  abc", "text"), /<text x="32.8" y="62" fill="#e6e6e0" textLength="25.2"[^>]*>abc<\/text>/);
  });
});
