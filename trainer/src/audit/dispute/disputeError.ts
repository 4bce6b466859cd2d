/** Every expected failure of a dispute's player, as data. Must not hold behaviour. */
import { TaggedError } from "../../protocol/errors.ts";

export type DisputeDetail =
  /** The game stands where the player's own run never was: it has agreed to something false before, or its data differ. */
  { readonly code: "DISPUTE_FOREIGN_POSITION"; readonly gameId: string; readonly step: number };

export class DisputeError extends TaggedError<DisputeDetail> {}
