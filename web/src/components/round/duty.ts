/** What a round asks of an account now, and what it can cost at most. Pure; the contract's rules in the index's words. */
import type { Address } from "viem";
import type { CommitteeMember, Participant, Round, Task, TaskTerms } from "../../index/types.ts";

export type DutyName =
  | "notIn"
  | "lateJoin"
  | "mayCommit"
  | "committed"
  | "mustReveal"
  | "missed"
  | "revealed"
  | "accepted"
  | "rejected"
  | "notCommitted"
  | "mustJudge"
  | "mustOpen"
  | "mustAttest"
  | "auditDone"
  | "nothing";

export interface Duty {
  readonly name: DutyName;
  /** Something is to be done before this. Unit: unix seconds; 0 when nothing is. */
  readonly until: number;
  /** The most that can be lost by what is done or left undone from here on. Unit: wei. */
  readonly riskWei: bigint;
  readonly risk: "none" | "reveal" | "silence" | "plant" | "idle";
  /** What can still be earned in this round. Unit: wei. */
  readonly earnWei: bigint;
}

/** One in so many of the stake that a seat stands for. Source: `Faults.sol`, SILENCE_DIVISOR and MISSED_PLANT_DIVISOR. */
export const FAULT_DIVISORS = { silence: 200n, plant: 20n } as const;

export interface Whose {
  readonly account: Address;
  /** What a seat stands for, the same in every task. Unit: wei. */
  readonly seatStakeWei: bigint;
}

/** An account may train and audit in one round; what audits ask comes first, because it is due sooner. */
export function dutiesOf(task: Task, round: Round, { account, seatStakeWei }: Whose): readonly Duty[] {
  const same = (address: Address): boolean => address.toLowerCase() === account.toLowerCase();
  const member = round.committee.find(({ auditor }) => same(auditor));
  const participant = round.participants.find(({ trainer }) => same(trainer));
  const enrolled = [...task.trainers].find(([trainer]) => same(trainer))?.[1];
  const duties: Duty[] = [];
  if (member !== undefined) duties.push(auditorDuty(round, member, { terms: task.terms, seatStakeWei }));
  if (participant !== undefined) duties.push(trainerDuty(round, participant, task.terms));
  else if (enrolled !== undefined) duties.push(idleDuty(round, enrolled.fromRound, task.terms));
  return duties.length > 0 ? duties : [calm("notIn")];
}

function calm(name: DutyName, earnWei = 0n): Duty {
  return { name, until: 0, riskWei: 0n, risk: "none", earnWei };
}

function idleDuty(round: Round, fromRound: number, { rewardPerUpdateWei }: TaskTerms): Duty {
  if (fromRound > round.number) return calm("lateJoin");
  if (round.phase !== "Commit") return calm("notCommitted");
  return { name: "mayCommit", until: round.deadline, riskWei: 0n, risk: "idle", earnWei: rewardPerUpdateWei };
}

function trainerDuty(round: Round, { revealed, accepted }: Participant, terms: TaskTerms): Duty {
  const earnWei = terms.rewardPerUpdateWei;
  const atRisk = { riskWei: terms.missedRevealSlashWei, risk: "reveal", earnWei } as const;
  if (revealed === undefined) {
    if (round.phase === "Commit") return { name: "committed", until: 0, ...atRisk };
    if (round.phase === "Reveal") return { name: "mustReveal", until: round.deadline, ...atRisk };
    return { ...atRisk, name: "missed", until: 0, earnWei: 0n };
  }
  if (accepted === true) return calm("accepted", round.ended === undefined ? earnWei : 0n);
  if (accepted === false) return calm("rejected");
  return calm("revealed", round.ended === undefined ? earnWei : 0n);
}

function auditorDuty(
  round: Round,
  member: CommitteeMember,
  { terms, seatStakeWei }: { readonly terms: TaskTerms; readonly seatStakeWei: bigint },
): Duty {
  const seatWei = (divisor: bigint): bigint => (seatStakeWei / divisor) * BigInt(member.seats);
  const earnWei = terms.rewardPerVerdictWei * BigInt(member.seats);
  const until = round.deadline;
  if (round.phase === "AuditCommit" && member.verdictCommitted === undefined) {
    return { name: "mustJudge", until, riskWei: seatWei(FAULT_DIVISORS.plant), risk: "plant", earnWei };
  }
  if (round.phase === "AuditReveal" && member.verdictCommitted !== undefined && member.verdict === undefined) {
    return { name: "mustOpen", until, riskWei: seatWei(FAULT_DIVISORS.silence), risk: "silence", earnWei };
  }
  if (round.phase === "Aggregate" && member.verdict !== undefined && member.attested === undefined) {
    return { name: "mustAttest", until, riskWei: 0n, risk: "none", earnWei };
  }
  return calm(member.verdict === undefined ? "nothing" : "auditDone", round.ended === undefined ? earnWei : 0n);
}
