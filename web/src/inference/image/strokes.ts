/**
 * Drawn strokes as a record of the data set: placed and sized as its glyphs are, then drawn by the very pen that drew them.
 *
 * Works on the strokes, not on pixels, so that a digit drawn small or with a mouse comes out with the same line as a big
 * one. Pure.
 */
import { createCanvas, drawMove } from "@cairn/trainer/data/glyphCanvas";

/** A line as it was drawn: `[x0, y0, x1, y1, …]`, in any unit, y down. */
export type Stroke = readonly number[];

/** Pixels a side, as the data set's records. */
export const SIZE = 28;

/** The middle of what the data set draws. Source: glyphs.ts. Unit: pixels. */
const HEIGHT = 19;
const MAX_WIDTH = 20;
const PEN_RADIUS = 1.3;

/** Strokes that are less than this part of their height wide are a vertical line, not one to be widened. */
const MIN_BOX = 1e-6;

/** @returns shape `[28, 28]`, values 0 to 1, ink bright on dark; all dark when nothing was drawn. */
export function renderStrokes(strokes: readonly Stroke[]): Float32Array {
  const canvas = createCanvas(SIZE);
  const box = boxOf(strokes);
  if (box === undefined) return new Float32Array(SIZE * SIZE);
  const { left, top, width, height } = box;
  const scale = Math.min(HEIGHT / Math.max(height, MIN_BOX), MAX_WIDTH / Math.max(width, MIN_BOX));
  const place = (x: number, y: number): readonly [number, number] => [
    SIZE / 2 + (x - left - width / 2) * scale,
    SIZE / 2 + (y - top - height / 2) * scale,
  ];
  for (const stroke of strokes) {
    for (let i = 0; i + 1 < stroke.length; i += 2) {
      const [fromX, fromY] = place(stroke[Math.max(0, i - 2)]!, stroke[Math.max(1, i - 1)]!);
      const [toX, toY] = place(stroke[i]!, stroke[i + 1]!);
      drawMove(canvas, { fromX, fromY, toX, toY, radius: PEN_RADIUS }, 1);
    }
  }
  return Float32Array.from(canvas.ink, (ink) => Math.round(255 * ink) / 255);
}

/** Around all points; a lone dot has a box of a pixel. */
function boxOf(strokes: readonly Stroke[]) {
  const points = strokes.flatMap((stroke) => (stroke.length >= 2 ? [...stroke] : []));
  if (points.length === 0) return undefined;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const isDot = right - left < MIN_BOX && bottom - top < MIN_BOX;
  return { left, top, width: right - left, height: isDot ? 10 : bottom - top };
}
