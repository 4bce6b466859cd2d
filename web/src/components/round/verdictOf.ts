/** What is publicly decided about an update. Single verdicts stay out of it until the count. Pure. */
import type { Participant, Round } from "../../index/types.ts";
import type { VerdictWord } from "../chainBadges.tsx";

export function verdictOf(
  { phase }: Pick<Round, "phase">,
  { revealed, accepted, duplicate }: Participant,
): VerdictWord {
  if (revealed === undefined) return phase === "Commit" || phase === "Reveal" ? "hidden" : "missed";
  if (duplicate) return "duplicate";
  if (accepted === undefined) return "pending";
  return accepted ? "accepted" : "rejected";
}

/** How many bits of `bitmap` are set among those of `slots`. */
export function countAccepted(bitmap: bigint, slots: readonly number[]): number {
  return slots.filter((slot) => ((bitmap >> BigInt(slot)) & 1n) === 1n).length;
}

/** All that a round has booked. Unit: wei. */
export function bookedWei({ participants, committee }: Round): bigint {
  const sum = (rewards: readonly { readonly rewardWei: bigint }[]): bigint =>
    rewards.reduce((total, { rewardWei }) => total + rewardWei, 0n);
  return sum(participants) + sum(committee);
}
