/** Which blocks were seen under which hash: enough to find where two histories part. Pure. */
import type { BlockMark } from "./chainSource.ts";

/** Kept without gaps. Deeper than any reorganisation that is not a catastrophe. Unit: marks. */
const DENSE = 64;

/**
 * @returns `marks` with `mark` at the end, thinned: the last 64 all; older ones once in every 8 blocks, then 16, 32 …, the
 *   wider the older, always at the same places, so that thinning again takes nothing more away.
 */
export function withMark(marks: readonly BlockMark[], mark: BlockMark): BlockMark[] {
  const all = [...marks, mark];
  const taken = new Set<string>();
  const old = all.slice(0, -DENSE).filter(({ number }) => {
    const level = (mark.number - number).toString(2).length; // of its age, the whole of its logarithm
    const place = `${level} ${number >> BigInt(Math.max(3, level - 4))}`;
    return taken.has(place) ? false : taken.add(place);
  });
  return [...old, ...all.slice(-DENSE)];
}
