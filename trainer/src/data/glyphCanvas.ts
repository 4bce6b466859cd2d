/** A small grey canvas that a round pen draws on. Pure; only `+ − × ÷ √` and comparisons, so all machines agree. */

/** Where a pen goes from one point to the next. Unit of lengths: pixels; pixel `(0, 0)` has its centre at 0.5, 0.5. */
export interface PenMove {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly radius: number;
}

export interface Canvas {
  readonly size: number;
  /** Shape `[size, size]`, row-major. Cover of each pixel by ink, 0 to 1. */
  readonly ink: Float64Array;
}

/** @returns an empty canvas of `size × size` pixels. */
export function createCanvas(size: number): Canvas {
  return { size, ink: new Float64Array(size * size) };
}

/**
 * Lays ink where the pen passes: `ink = max(ink, strength · clamp(radius + ½ − distance, 0, 1))`.
 *
 * The half pixel of slope at the rim smooths the edge. Parts outside the canvas are left out.
 */
export function drawMove({ size, ink }: Canvas, move: PenMove, strength: number): void {
  const { fromX, fromY, radius } = move;
  const [alongX, alongY] = [move.toX - fromX, move.toY - fromY];
  const lengthSquared = alongX * alongX + alongY * alongY;
  const reach = radius + 0.5;
  const [left, right] = pixelsBetween(fromX, move.toX, reach, size);
  const [top, bottom] = pixelsBetween(fromY, move.toY, reach, size);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - fromX, row + 0.5 - fromY];
      const along = lengthSquared === 0 ? 0 : clamp01((x * alongX + y * alongY) / lengthSquared);
      const [offX, offY] = [x - along * alongX, y - along * alongY];
      const cover = strength * clamp01(reach - Math.sqrt(offX * offX + offY * offY));
      const pixel = row * size + column;
      if (cover > ink[pixel]!) ink[pixel] = cover;
    }
  }
}

/** First and last pixel whose centre is within `reach` of the span between two coordinates. */
function pixelsBetween(from: number, to: number, reach: number, size: number): [first: number, last: number] {
  const first = Math.ceil(Math.min(from, to) - reach - 0.5);
  const last = Math.floor(Math.max(from, to) + reach - 0.5);
  return [Math.max(first, 0), Math.min(last, size - 1)];
}

function clamp01(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
