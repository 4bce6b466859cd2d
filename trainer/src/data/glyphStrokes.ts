/**
 * The ten glyphs as a pen draws them: digits 0 to 9, each in several hands. Source of the data set, nothing random. Pure.
 *
 * Units: a glyph stands in a box 60 wide and 100 high, x to the right, y down. Every number here is an integer and every
 * curve a polynomial, so all machines get the same points.
 */

/** A line through points `[x0, y0, x1, y1, …]`, dense enough to be drawn straight from one to the next. */
export type Stroke = readonly number[];

/** Pieces a curve is cut into between two of its points. */
const CURVE_PIECES = 5;

/** @returns the corners as they are. */
function line(...corners: readonly number[]): Stroke {
  return corners;
}

/** @returns a smooth line through the points (uniform Catmull–Rom), which ends in the first and last. */
function curve(...points: readonly number[]): Stroke {
  const count = points.length / 2;
  return spline(points, count - 1, (i) => Math.min(Math.max(i, 0), count - 1));
}

/** @returns a smooth closed line through the points. */
function loop(...points: readonly number[]): Stroke {
  const count = points.length / 2;
  return spline(points, count, (i) => (i + count) % count);
}

/** Points of `spans` spans; `at` says which point stands in place `i`, also before the first and after the last. */
function spline(points: readonly number[], spans: number, at: (i: number) => number): Stroke {
  const dense: number[] = [];
  for (let span = 0; span < spans; span++) {
    const around = [span - 1, span, span + 1, span + 2].map(at);
    for (let piece = span === 0 ? 0 : 1; piece <= CURVE_PIECES; piece++) {
      const t = piece / CURVE_PIECES;
      for (const axis of [0, 1]) {
        const [a, b, c, d] = around.map((i) => points[2 * i + axis]!) as [number, number, number, number];
        dense.push(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))));
      }
    }
  }
  return dense;
}

/** `glyphHands[digit]` lists the ways to write that digit; each is a list of strokes. */
export const glyphHands: readonly (readonly (readonly Stroke[])[])[] = [
  [
    [loop(30, 0, 10, 14, 1, 50, 10, 86, 30, 100, 50, 86, 59, 50, 50, 14)],
    [curve(36, 3, 16, 8, 3, 38, 4, 72, 20, 98, 42, 94, 57, 66, 54, 26, 40, 4, 26, 6)],
    [loop(30, 0, 10, 14, 1, 50, 10, 86, 30, 100, 50, 86, 59, 50, 50, 14), line(48, 22, 12, 78)],
  ],
  [
    [line(31, 0, 29, 100)],
    [line(12, 22, 34, 0, 34, 100)],
    [curve(8, 26, 24, 14, 34, 0), line(34, 0, 33, 100), line(10, 100, 56, 100)],
  ],
  [
    [curve(4, 24, 14, 5, 34, 0, 54, 12, 55, 34, 40, 58, 18, 82, 2, 100), line(2, 100, 60, 100)],
    [curve(3, 20, 20, 2, 44, 4, 55, 26, 42, 56, 18, 88, 5, 96, 2, 84, 14, 78, 32, 90, 48, 98, 60, 88)],
    [curve(6, 12, 26, 0, 50, 8, 54, 32, 36, 56, 4, 98), curve(4, 98, 24, 92, 42, 98, 60, 94)],
  ],
  [
    [curve(4, 12, 24, 0, 48, 6, 53, 26, 40, 42, 20, 48), curve(20, 48, 44, 52, 58, 72, 48, 92, 24, 100, 2, 88)],
    [line(4, 0, 55, 0, 26, 40), curve(26, 40, 50, 44, 60, 68, 46, 94, 22, 100, 2, 88)],
    [curve(6, 6, 34, 0, 54, 16, 44, 38, 24, 46, 46, 54, 57, 76, 40, 98, 14, 98, 0, 90)],
  ],
  [
    [line(14, 2, 4, 60, 60, 58), line(46, 28, 42, 100)],
    [line(60, 68, 0, 68, 44, 0, 44, 100)],
    [curve(12, 0, 6, 30, 10, 52, 30, 56, 52, 48), curve(54, 4, 52, 48, 46, 100)],
  ],
  [
    [line(54, 0, 12, 0, 8, 44), curve(8, 44, 30, 36, 53, 48, 58, 72, 42, 96, 18, 100, 0, 88)],
    [curve(12, 4, 8, 30, 10, 42, 36, 42, 56, 62, 50, 88, 26, 100, 2, 94), line(12, 4, 56, 2)],
    [curve(56, 2, 32, 3, 14, 12, 14, 34, 34, 46, 54, 60, 54, 84, 32, 100, 4, 92)],
  ],
  [
    [curve(50, 4, 28, 12, 8, 42, 3, 72, 16, 96, 40, 98, 57, 80, 50, 58, 30, 52, 10, 62, 4, 76)],
    [curve(40, 0, 18, 32, 4, 66), loop(31, 50, 10, 58, 3, 76, 12, 94, 31, 100, 50, 94, 58, 76, 50, 56)],
    [curve(26, 0, 10, 30, 4, 64, 12, 92, 36, 100, 54, 86, 50, 66, 30, 60, 8, 72)],
  ],
  [
    [line(2, 2, 58, 0, 22, 100)],
    [line(2, 2, 58, 0, 24, 100), line(14, 52, 54, 46)],
    [curve(0, 12, 6, 2, 28, 6, 58, 0), curve(58, 0, 40, 36, 28, 70, 24, 100)],
  ],
  [
    [
      loop(30, 0, 11, 8, 6, 24, 14, 40, 30, 46, 46, 40, 54, 24, 49, 8),
      loop(30, 46, 9, 56, 1, 74, 10, 94, 30, 100, 50, 94, 59, 74, 51, 56),
    ],
    [curve(52, 12, 34, 0, 12, 8, 12, 30, 30, 46, 52, 62, 55, 86, 32, 100, 8, 90, 8, 66, 30, 46, 50, 30, 52, 12)],
    [loop(32, 2, 14, 14, 22, 36, 40, 54, 48, 80, 28, 100, 10, 82, 20, 56, 44, 38, 50, 16)],
  ],
  [
    [loop(30, 0, 10, 7, 2, 25, 10, 43, 30, 50, 49, 42, 57, 24, 49, 6), curve(57, 24, 55, 60, 46, 100)],
    [curve(56, 24, 42, 3, 18, 4, 3, 24, 12, 46, 36, 48, 54, 30, 57, 16), curve(57, 16, 57, 56, 44, 90, 14, 98)],
    [curve(54, 20, 36, 0, 10, 10, 6, 36, 28, 48, 50, 30, 54, 8), line(54, 8, 50, 100)],
  ],
];
