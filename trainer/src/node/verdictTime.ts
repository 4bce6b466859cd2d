/** How long an auditor may work before it has to send its verdict. Pure. */

export interface VerdictClock {
  /** Of the phase `AuditCommit`. Unit: unix seconds, of the chain's clock. */
  readonly deadline: number;
  /** Unit: unix seconds, of the chain's clock. */
  readonly nowSeconds: number;
  readonly auditCommitSeconds: number;
  /** Usual time between two blocks. */
  readonly blockSeconds: number;
}

/** A verdict is sent so many blocks before its deadline at the latest: three may pass it over. Unit: blocks. */
const SPARE_BLOCKS = 4;

/** And at least this part of the phase before it, for an RPC that answers late. One in so many. */
const SPARE_PART = 10;

/**
 * @returns what is left for replays once the time to send is set aside, which is never more than half of the phase.
 *   Unit: milliseconds; at most 0 when there is none.
 */
export function auditAllowanceMs({ deadline, nowSeconds, auditCommitSeconds, blockSeconds }: VerdictClock): number {
  const spare = Math.max(auditCommitSeconds / SPARE_PART, SPARE_BLOCKS * blockSeconds);
  return 1_000 * (deadline - nowSeconds - Math.min(auditCommitSeconds / 2, spare));
}
