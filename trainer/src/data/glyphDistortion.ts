/**
 * A writer's hand, at random: where a point of a glyph's box comes to lie on the canvas. Pure; exact operations only.
 *
 * First a smooth wobble of the whole box, then one affine map: slant, width and height, turn, place.
 */
import type { RandomStream } from "../engine/philox.ts";

/** How far a hand may stray; each value is the largest amount to either side of the middle. */
export interface HandLimits {
  /** Displacement of a knot of the wobble's lattice; a point moves by about half of it. Unit: hundredths of the glyph's height. */
  readonly wobble: number;
  /** Half the tangent of the turn: 0.1 is 11 degrees. */
  readonly turn: number;
  /** Shift in x for each unit of y. */
  readonly slant: number;
  /** Place on the canvas. Unit: pixels. */
  readonly shift: number;
  /** Height of a glyph, smallest and largest. Unit: pixels. */
  readonly height: readonly [number, number];
  /** Width against the height of the box's own proportions, smallest and largest. */
  readonly widen: readonly [number, number];
}

/** Maps points `[x0, y0, x1, y1, …]` of the glyph's box to canvas pixels. */
export type Hand = (points: readonly number[]) => Float64Array;

/** Cells of the wobble's lattice a side, and its knots: one outside the box at either end. */
const CELLS = 2;
const KNOTS = CELLS + 3;

/** Middle of the glyph's box. */
const [MIDDLE_X, MIDDLE_Y] = [30, 50];

/** @returns a value from the triangular distribution on `[-reach, reach]`: the sum of two even ones. */
export function aroundZero(random: RandomStream, reach: number): number {
  return (random.nextFloat() + random.nextFloat() - 1) * reach;
}

/** @returns an even value between the two. */
export function between(random: RandomStream, [low, high]: readonly [number, number]): number {
  return low + random.nextFloat() * (high - low);
}

/** @returns a hand drawn from `random` for a canvas of `size` pixels a side. */
export function createHand(random: RandomStream, limits: HandLimits, size: number): Hand {
  const knots = Float64Array.from({ length: 2 * KNOTS * KNOTS }, () => aroundZero(random, limits.wobble));
  const scaleY = between(random, limits.height) / 100;
  const scaleX = scaleY * between(random, limits.widen);
  const slant = aroundZero(random, limits.slant);
  // Rational points of the unit circle: (1 − t², 2t) / (1 + t²) is the turn by 2·atan t, without sine or cosine.
  const t = aroundZero(random, limits.turn);
  const [cos, sin] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
  const [middleX, middleY] = [size / 2 + aroundZero(random, limits.shift), size / 2 + aroundZero(random, limits.shift)];
  return (points) => {
    const placed = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const [wobbleX, wobbleY] = wobbleAt(knots, points[i]!, points[i + 1]!);
      const y = (points[i + 1]! + wobbleY - MIDDLE_Y) * scaleY;
      const x = (points[i]! + wobbleX - MIDDLE_X) * scaleX - slant * y;
      placed[i] = middleX + cos * x - sin * y;
      placed[i + 1] = middleY + sin * x + cos * y;
    }
    return placed;
  };
}

/** The lattice's displacement at a point: a uniform cubic B-spline over the 4×4 knots around it. */
function wobbleAt(knots: Float64Array, x: number, y: number): [x: number, y: number] {
  const [column, acrossX] = cellOf(x / (2 * MIDDLE_X));
  const [row, acrossY] = cellOf(y / (2 * MIDDLE_Y));
  let [offX, offY] = [0, 0];
  for (let j = 0; j < 4; j++) {
    for (let i = 0; i < 4; i++) {
      const weight = acrossX[i]! * acrossY[j]!;
      const knot = 2 * ((row + j) * KNOTS + column + i);
      offX += weight * knots[knot]!;
      offY += weight * knots[knot + 1]!;
    }
  }
  return [offX, offY];
}

/** The lattice cell in which `fraction` (0 to 1) of a side lies, and the weights of the four knots around it; they sum to 1. */
function cellOf(fraction: number): [cell: number, weights: readonly number[]] {
  const place = Math.min(Math.max(fraction, 0), 1) * CELLS;
  const cell = Math.min(Math.floor(place), CELLS - 1);
  const u = place - cell;
  const v = 1 - u;
  const weights = [v * v * v, 4 - 3 * u * u * (2 - u), 4 - 3 * v * v * (2 - v), u * u * u].map((weight) => weight / 6);
  return [cell, weights];
}
