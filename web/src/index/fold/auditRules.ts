/** What FLContract's events say of a round's committee: its draw, verdicts and attestations. */
import type { flContractAbi } from "@cairn/trainer/protocol/generated/abi";
import type { Address, ContractEventName } from "viem";
import type { CommitteeMember } from "../types.ts";
import type { Draft, RoundDraft } from "./draft.ts";
import { markAccepted, onRound } from "./roundRules.ts";
import { type ArgsOf, type At, refOf } from "./rule.ts";

type Contract = typeof flContractAbi;
type AuditRules<Names extends ContractEventName<Contract>> = {
  readonly [N in Names]: (draft: Draft, args: ArgsOf<Contract, N>, at: At) => void;
};

export const auditRules: AuditRules<
  | "SeedTargeted"
  | "CommitteeDrawn"
  | "VerdictCommitted"
  | "VerdictRevealed"
  | "DuplicatesMarked"
  | "DuplicatesFound"
  | "VerdictsTallied"
  | "AggregateProposed"
  | "AggregateAttested"
  | "AggregateAgreed"
  | "SilentAuditorReported"
  | "MissedPlantReported"
> = {
  SeedTargeted: (draft, { taskId, round: number, attempt, targetBlock, snapshotEpoch }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      if (attempt !== round.attempt) dismiss(round);
      Object.assign(round, { attempt, seedTargetBlock: targetBlock, snapshotEpoch: Number(snapshotEpoch) });
    });
  },
  CommitteeDrawn: (draft, { taskId, round: number, seed, members }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      round.committeeSeed = seed;
      round.committee = seated(members);
    });
  },
  VerdictCommitted: (draft, { taskId, round: number, auditor }, at) => {
    onMember(draft, { taskId, number, auditor, at }, () => ({ verdictCommitted: refOf(at) }));
  },
  VerdictRevealed: (draft, { taskId, round: number, auditor, acceptedBitmap, evidence }, at) => {
    onMember(draft, { taskId, number, auditor, at }, ({ verdict }) => {
      const duplicateBitmap = verdict?.duplicateBitmap ?? 0n; // told by an event of its own
      return { verdict: { acceptedBitmap, duplicateBitmap, evidence, at: refOf(at) } };
    });
  },
  DuplicatesMarked: (draft, { taskId, round: number, auditor, duplicateBitmap }, at) => {
    onMember(draft, { taskId, number, auditor, at }, ({ verdict }) => {
      const unknown = { acceptedBitmap: 0n, evidence: "0x" as const, at: refOf(at) };
      return { verdict: { ...unknown, ...verdict, duplicateBitmap } };
    });
  },
  DuplicatesFound: (draft, { taskId, round: number, duplicateBitmap }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      round.duplicateBitmap = duplicateBitmap;
      round.participants = round.participants.map((participant) => {
        const duplicate = ((duplicateBitmap >> BigInt(participant.slot)) & 1n) === 1n;
        return duplicate === participant.duplicate ? participant : { ...participant, duplicate };
      });
    });
  },
  VerdictsTallied: (draft, { taskId, round: number, acceptedBitmap }, at) => {
    onRound(draft, { taskId, number, at }, (round) => markAccepted(round, acceptedBitmap));
  },
  AggregateProposed: (draft, { taskId, round: number, proposer, digest, byteLength }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      const weights = { digest, byteLength };
      round.proposals = [...round.proposals, { weights, proposer, attestations: 0, at: refOf(at) }];
    });
  },
  AggregateAttested: (draft, { taskId, round: number, auditor, digest, byteLength }, at) => {
    onMember(draft, { taskId, number, auditor, at }, () => ({
      attested: { weights: { digest, byteLength }, at: refOf(at) },
    }));
    onRound(draft, { taskId, number, at }, (round) => {
      round.proposals = round.proposals.map((proposal) => {
        const isMeant = proposal.weights.digest === digest && proposal.weights.byteLength === byteLength;
        return isMeant ? { ...proposal, attestations: proposal.attestations + 1 } : proposal;
      });
    });
  },
  AggregateAgreed: (draft, { taskId, round: number, digest, byteLength, proposer }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      round.agreed = { weights: { digest, byteLength }, proposer, at: refOf(at) };
    });
  },
  SilentAuditorReported: (draft, { taskId, round: number, auditor, attempt, takenWei }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      const whose = attempt === round.attempt ? "committee" : "dismissed";
      round[whose] = changed(round[whose], auditor, ({ slashedWei }) => ({ slashedWei: slashedWei + takenWei }));
    });
  },
  MissedPlantReported: (draft, { taskId, round: number, auditor, takenWei }, at) => {
    onMember(draft, { taskId, number, auditor, at }, ({ slashedWei }) => ({ slashedWei: slashedWei + takenWei }));
  },
};

/** A node stands in `members` once for each of its seats. */
function seated(members: readonly Address[]): CommitteeMember[] {
  const seats = new Map<Address, number>();
  for (const auditor of members) seats.set(auditor, (seats.get(auditor) ?? 0) + 1);
  const silent = { verdictCommitted: undefined, verdict: undefined, attested: undefined };
  return [...seats].map(([auditor, count]) => ({ auditor, seats: count, ...silent, rewardWei: 0n, slashedWei: 0n }));
}

/** The first committee goes, with all it has said. */
function dismiss(round: RoundDraft): void {
  Object.assign(round, { dismissed: round.committee, committee: [], proposals: [], seats: 0, quorum: 0 });
}

function onMember(
  draft: Draft,
  where: { readonly taskId: bigint; readonly number: number; readonly auditor: Address; readonly at: At },
  change: (member: CommitteeMember) => Partial<CommitteeMember>,
): void {
  onRound(draft, where, (round) => {
    round.committee = changed(round.committee, where.auditor, change);
  });
}

function changed(
  members: readonly CommitteeMember[],
  auditor: Address,
  change: (member: CommitteeMember) => Partial<CommitteeMember>,
): CommitteeMember[] {
  return members.map((member) => (member.auditor === auditor ? { ...member, ...change(member) } : member));
}
