/** Which blocks were seen under which hash: enough to find where two histories part. Pure. */
import type { BlockMark } from "./chainSource.ts";

/** Kept without gaps. Deeper than any reorganisation that is not a catastrophe. Unit: marks. */
const DENSE = 64;

/** @returns `marks` with `mark` at the end, thinned: the last 64 all, older ones ever farther apart. */
export function withMark(marks: readonly BlockMark[], mark: BlockMark): BlockMark[] {
  const all = [...marks, mark];
  const old = all.slice(0, -DENSE);
  const kept: BlockMark[] = [];
  let gap = 1n;
  for (const candidate of old.reverse()) {
    const next = kept.at(-1);
    if (next !== undefined && next.number - candidate.number < gap) continue;
    kept.push(candidate);
    gap *= 2n;
  }
  return [...kept.reverse(), ...all.slice(-DENSE)];
}
