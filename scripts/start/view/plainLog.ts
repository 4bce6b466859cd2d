/** The run as lines for where no view can be drawn: a pipe, a log, `TERM=dumb`. Pure. */

import { noteOf } from "../state/note.ts";
import { countAccepted } from "../state/reduce.ts";
import type { RunEvent } from "../state/runEvent.ts";
import type { RunState } from "../state/runState.ts";
import { clock } from "./text.ts";

/**
 * @param state the run after `event`.
 * @returns the line that `event` is worth, if any: one a stage, one a phase, one a round's result.
 */
export function plainLine(state: RunState, event: RunEvent): string | undefined {
  const text = textOf(state, event);
  return text === undefined ? undefined : `${clock(event.atMs).padStart(5)}  ${text}`;
}

function textOf(state: RunState, event: RunEvent): string | undefined {
  switch (event.type) {
    case "phase":
      return `round ${event.round}  ${event.phase}`;
    case "tallied": {
      const round = state.rounds.find(({ round: number }) => number === event.round);
      const accepted = round === undefined ? 0 : countAccepted(round, event.bitmap);
      return `round ${event.round}  ${accepted} of ${round?.updates.length ?? 0} updates accepted`;
    }
    case "stage":
    case "site":
    case "siteFailed":
    case "joined":
    case "failed":
    case "evaluated":
    case "trouble":
    case "device":
    case "disputeMoved":
    case "disputeEnded":
      return noteOf(state, event);
    case "opened":
    case "final":
      return `round ${event.round}  ${event.type === "final" ? `version ${event.version} published` : "opened"}`;
    default:
      return undefined;
  }
}
