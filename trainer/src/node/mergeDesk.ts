/** What a task's loop does for its group: the one thing that is due, as `taskLoop.ts` does for the task. */
import { refusalOf } from "../chain/chainError.ts";
import { pause } from "../chain/deadline.ts";
import { keeperDelayMs } from "./keeper.ts";
import { dueMerge } from "./mergeDuty.ts";
import type { SeenMerge } from "./mergeLook.ts";
import { attestMerge, type MergeContext } from "./mergeRole.ts";
import { actor } from "./roundContext.ts";

export interface MergeDesk extends MergeContext {
  /** Asks the chain again. */
  readonly look: () => Promise<SeenMerge | undefined>;
}

/** Does what is due, called with every look between two rounds. @throws what chain, network and learning find */
export type AttendMerge = (seen: SeenMerge | undefined) => Promise<void>;

/** Refusals in a row that are put down to somebody faster, or to a block in between. */
const PATIENCE = 4;

/** @returns whether a cohort's last version, or its leaving, is still to be told to its group. */
export function isUnmerged(seen: SeenMerge | undefined): boolean {
  return seen?.own.retired === false;
}

export function createMergeDesk(desk: MergeDesk): AttendMerge {
  let refusals = 0;
  return async (seen) => {
    const duty = seen && dueMerge(seen);
    if (seen === undefined || duty === undefined) return;
    try {
      if (duty === "attestMerge") await attestMerge(desk, seen);
      else await keep(desk, seen);
      refusals = 0;
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      const now = await desk.look();
      if (now !== undefined && dueMerge(now) === duty && ++refusals > PATIENCE) throw error;
    }
  };
}

/** Lets others go first, as with a duty of the task's house. */
async function keep({ chain, signal, look }: MergeDesk, seen: SeenMerge): Promise<void> {
  const { groupId, cohort, group } = seen;
  const duty = dueMerge(seen);
  const name = `group ${groupId}/${cohort}/${group.epoch}/${duty}`;
  await pause(keeperDelayMs(actor({ chain }), name, chain.pollingMs / 2), signal);
  const now = await look();
  if (signal.aborted || now === undefined || dueMerge(now) !== duty) return;
  switch (duty) {
    case "advanceGroup":
      await chain.send("cohorts", duty, [groupId], { signal });
      return;
    case "adoptMerge":
    case "enterCohort":
    case "retireCohort":
      await chain.send("cohorts", duty, [groupId, cohort], { signal });
      return;
    case "attestMerge":
    case undefined:
      return;
    default:
      return duty satisfies never;
  }
}
