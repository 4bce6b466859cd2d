/** Whether a run showed what it is there to show. Pure. */
import { isDisputed } from "../options.ts";
import { StartError } from "../startError.ts";
import type { Report, ReportedDispute } from "./report.ts";

/** @returns the first promise that the report breaks, `undefined` when it keeps them all. */
export function verdictOn({
  options,
  liar,
  lazyAuditor,
  disputes,
  recomputed,
  rounds,
}: Report): StartError | undefined {
  if (liar !== null && (liar.accepted > 0 || liar.paidWei !== "0")) {
    const { address, paidWei, accepted } = liar;
    return new StartError(
      { code: "START_LIAR_PAID", address, paidWei, accepted },
      `${liar.name} lied and had ${accepted} updates accepted, ${paidWei} wei of CAIRN paid`,
    );
  }
  const isAggregates = options.liar === "false-aggregate";
  if (isDisputed(options.liar) && !disputes.some(isAggregates ? isRefuting : isProven(liar?.address))) {
    const who = isAggregates ? "the committee" : (liar?.name ?? "the liar");
    return new StartError(
      { code: "START_LIE_STANDS", address: liar?.address ?? "", games: disputes.length },
      `${who} lied in one bit, and no dispute proved it to the chain`,
    );
  }
  const missed = lazyAuditor?.accepted.filter((round) => !lazyAuditor.caught.includes(round)) ?? [];
  if (lazyAuditor !== null && missed.length > 0) {
    const { name, address } = lazyAuditor;
    return new StartError(
      { code: "START_LAZY_UNPUNISHED", address, rounds: missed },
      `${name} accepted the error planted in round ${missed.join(", ")} and was not slashed for it`,
    );
  }
  if (!recomputed.equal) {
    const { chainDigest: chain, digest } = recomputed;
    return new StartError(
      { code: "START_WEIGHTS_DIFFER", chain, recomputed: digest },
      `the chain's last version is ${chain}, the same training in one process gives ${digest}`,
    );
  }
  const failed = rounds.filter(({ outcome }) => outcome !== "final").map(({ round }) => round);
  if (failed.length === 0) return undefined;
  return new StartError(
    { code: "START_ROUND_FAILED", rounds: failed },
    `no version came of round ${failed.join(", ")}`,
  );
}

function isRefuting({ about, outcome, takenWei }: ReportedDispute): boolean {
  return about === "aggregate" && outcome === "Disproven" && takenWei !== "0";
}

function isProven(liar: string | undefined): (dispute: ReportedDispute) => boolean {
  return ({ trainer, outcome, takenWei }) => trainer === liar && outcome === "Disproven" && takenWei !== "0";
}
