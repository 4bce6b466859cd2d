/** What disputes can fail with. */
import type { DisputeDetail } from "../../audit/dispute/disputeError.ts";
import { type Entry, entry } from "./entry.ts";

export const disputeErrors = {
  DISPUTE_FOREIGN_POSITION: entry(
    "mismatch",
    "A dispute game stands where this node's own run of the training never was: it can make no move there.",
    "check that this machine computes what it should: cairn doctor",
    "a side that cannot move loses by the clock; name a second whose machine is sound: cairn dispute second ADDRESS",
  ),
} as const satisfies Record<DisputeDetail["code"], Entry>;
