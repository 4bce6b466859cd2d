/** Krum's score and what is chosen by it: updates whose nearest neighbours are near. */
import { squaredDistance } from "./vectors.ts";

const { fround } = Math;

/** @returns squared distances of all pairs, `[n][n]`. Cost: n²/2 passes over the vectors. */
export function pairDistances(vectors: readonly Float32Array[]): number[][] {
  const distances = vectors.map(() => new Array<number>(vectors.length).fill(0));
  vectors.forEach((vector, i) => {
    for (let j = i + 1; j < vectors.length; j++) {
      const distance = squaredDistance(vector, vectors[j]!);
      distances[i]![j] = distance;
      distances[j]![i] = distance;
    }
  });
  return distances;
}

/**
 * @param among numbers of the updates that take part.
 * @returns the same, best score first. A score is the sum, in rising order, of the squared distances to the nearest
 *   `|among| − byzantine − 2` others, at least 1; of equal scores the lower address goes first.
 */
export function rankByKrum(
  distances: readonly (readonly number[])[],
  among: readonly number[],
  byzantine: number,
): number[] {
  const neighbours = Math.max(1, among.length - byzantine - 2);
  const score = (i: number): number => {
    const others = among.filter((j) => j !== i).map((j) => distances[i]![j]!);
    others.sort((left, right) => left - right);
    return others.slice(0, neighbours).reduce((sum, distance) => fround(sum + distance), 0);
  };
  const scores = new Map(among.map((i) => [i, score(i)]));
  return [...among].sort((left, right) => scores.get(left)! - scores.get(right)! || left - right);
}

/** @returns `n − 2f` updates chosen one after the other, each the best of those that are left; ascending. */
export function chooseForBulyan(distances: readonly (readonly number[])[], byzantine: number): number[] {
  let left = distances.map((_, i) => i);
  const chosen: number[] = [];
  while (chosen.length < distances.length - 2 * byzantine) {
    const [best] = rankByKrum(distances, left, byzantine);
    chosen.push(best!);
    left = left.filter((i) => i !== best);
  }
  return chosen.sort((first, second) => first - second);
}
