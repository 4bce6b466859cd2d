/** Losses of a run of any length in bounded memory: neighbours are averaged when there are too many. Pure. */
import type { Point } from "./curve.ts";

export interface LossHistory {
  add(step: number, loss: number): void;
  /** Means over equally many steps each, in order; the last may cover fewer. */
  points(): readonly Point[];
}

/** More than the dots of any terminal's width. */
const MAX_POINTS = 1_024;

export function createLossHistory(): LossHistory {
  let points: Point[] = [];
  let stride = 1;
  let sum = 0;
  let count = 0;
  let last = 0;
  const pending = (): Point[] => (count === 0 ? [] : [{ x: last, y: sum / count }]);
  return {
    add(step, loss) {
      sum += loss;
      count++;
      last = step;
      if (count < stride) return;
      points.push(...pending());
      sum = 0;
      count = 0;
      if (points.length < MAX_POINTS) return;
      points = pairs(points);
      stride *= 2;
    },
    points: () => [...points, ...pending()],
  };
}

function pairs(points: readonly Point[]): Point[] {
  return Array.from({ length: points.length / 2 }, (_, i) => {
    const [left, right] = [points[2 * i]!, points[2 * i + 1]!];
    return { x: right.x, y: (left.y + right.y) / 2 };
  });
}
