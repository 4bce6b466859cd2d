/** Where versions stand in the drawing of their descent: a column each, a lane for each branch. Pure. */
import type { ModelVersion } from "../../index/types.ts";

export interface Placed {
  readonly version: ModelVersion;
  readonly column: number;
  /** 0 is the lane of those that follow each other. */
  readonly lane: number;
}

/** A version stays in its parent's lane unless another child took that already. */
export function placeVersions(versions: readonly ModelVersion[]): Placed[] {
  const laneOf = new Map<number, number>();
  const taken = new Set<number>();
  let lanes = 0;
  return versions.map((version, column) => {
    const parentLane = version.version === 0 ? 0 : laneOf.get(version.parentVersion);
    const isFirstChild = version.version === 0 || !taken.has(version.parentVersion);
    const lane = parentLane !== undefined && isFirstChild ? parentLane : ++lanes;
    if (version.version > 0) taken.add(version.parentVersion);
    laneOf.set(version.version, lane);
    return { version, column, lane };
  });
}
