/** What FLContract's events say of a round, from its opening to its end. */

import { FAILURE_REASONS, PHASES } from "@cairn/trainer/protocol/contractEnums";
import type { flContractAbi } from "@cairn/trainer/protocol/generated/abi";
import type { ContractEventName } from "viem";
import type { CommitteeMember, Participant } from "../types.ts";
import { add, type Draft, type RoundDraft, type TaskDraft } from "./draft.ts";
import { type ArgsOf, type At, nothing, refOf } from "./rule.ts";

type Contract = typeof flContractAbi;
type RoundRules<Names extends ContractEventName<Contract>> = {
  readonly [N in Names]: (draft: Draft, args: ArgsOf<Contract, N>, at: At) => void;
};

const ZERO_DIGEST = `0x${"00".repeat(32)}` as const;

export const roundRules: RoundRules<
  | "RoundOpened"
  | "PhaseAdvanced"
  | "UpdateCommitted"
  | "UpdateRevealed"
  | "RoundFinalized"
  | "RoundFailed"
  | "SilenceBurned"
  | "RoundHeld"
  | "RoundReleased"
  | "UpdateStruck"
  | "AggregateHeld"
  | "AggregateReleased"
  | "AggregateRefuted"
  | "MissedRevealReported"
  | "BatchCommitted"
  | "BatchedUpdateOpened"
  | "UnopenedReported"
  | "BatchSettled"
> = {
  RoundOpened: (draft, { taskId, round, baseVersion, seed, expected, deadline }, at) => {
    const task = draft.task(taskId);
    if (task === undefined) return draft.contradict(at, "unknownTask");
    if (round !== task.rounds.length + 1) return draft.contradict(at, "outOfOrder");
    const enrolled = [...task.trainers].filter(([, { fromRound }]) => fromRound <= round);
    task.rounds.push({
      taskId,
      number: round,
      opened: refOf(at),
      phase: "Commit",
      deadline,
      phases: [{ phase: "Commit", deadline, entered: refOf(at) }],
      baseVersion: Number(baseVersion),
      seed,
      expected,
      expectedTrainers: enrolled.map(([trainer]) => trainer),
      participants: [],
      attempt: 0,
      seedTargetBlock: 0n,
      snapshotEpoch: 0,
      committeeSeed: ZERO_DIGEST,
      committee: [],
      seats: 0,
      quorum: 0,
      dismissed: [],
      acceptedBitmap: undefined,
      duplicateBitmap: 0n,
      proposals: [],
      agreed: undefined,
      publishedVersion: 0,
      failure: "None",
      ended: undefined,
    });
  },
  PhaseAdvanced: (draft, { taskId, round: number, phase: index, deadline }, at) => {
    onRound(draft, { taskId, number, at }, (round, task) => {
      const phase = PHASES[index] ?? "None";
      const isNews = phase !== round.phase || phase === "Draw"; // the opening tells of `Commit` by two events
      if (phase === "Aggregate" && round.phase === "Challenge") aggregateAnew(round);
      if (isNews) round.phases = [...round.phases, { phase, deadline, entered: refOf(at) }];
      Object.assign(round, { phase, deadline });
      if (phase !== "AuditCommit") return;
      round.seats = round.committee.reduce((sum, { seats }) => sum + seats, 0);
      round.quorum = quorumOf(round.seats, task.terms);
    });
  },
  UpdateCommitted: (draft, { taskId, round: number, trainer, index: slot, commitment }, at) => {
    onRound(draft, { taskId, number, at }, (round) => addParticipant(round, { trainer, slot, commitment }, at));
  },
  BatchCommitted: nothing, // binds its relay; a trainer's entry is its commitment from when it opens it
  BatchedUpdateOpened: (draft, { taskId, round: number, trainer, commitment }, at) => {
    onRound(draft, { taskId, number, at }, (round, task) => {
      const place = task.trainers.get(trainer);
      if (place === undefined) draft.contradict(at, "outOfOrder");
      else addParticipant(round, { trainer, slot: place.slot, commitment }, at);
    });
  },
  UnopenedReported: nothing, // StakeSlashed tells what it cost
  BatchSettled: nothing,
  UpdateRevealed: (draft, args, at) => {
    const { taskId, round: number, trainer, updateDigest, byteLength, traceRoot, sampleCount } = args;
    const update = { digest: updateDigest, byteLength };
    onRound(draft, { taskId, number, at }, (round) =>
      onParticipant(round, trainer, () => ({ revealed: { update, traceRoot, sampleCount, at: refOf(at) } })),
    );
  },
  RoundFinalized: (draft, { taskId, round: number, version, acceptedBitmap }, at) => {
    onRound(draft, { taskId, number, at }, (round, task) => {
      round.publishedVersion = Number(version);
      round.ended = refOf(at);
      markAccepted(round, acceptedBitmap);
      const rewardWei = task.terms.rewardPerUpdateWei;
      round.participants = round.participants.map((participant) => {
        if (participant.accepted !== true) return participant;
        earn(task, participant.trainer, rewardWei);
        return { ...participant, rewardWei };
      });
      const revealedBitmap = revealedOf(round);
      payVerdicts(task, round, (accepted) => (accepted & revealedBitmap) !== 0n);
    });
  },
  RoundFailed: (draft, { taskId, round: number, reason }, at) => {
    onRound(draft, { taskId, number, at }, (round, task) => {
      round.failure = FAILURE_REASONS[reason] ?? "None";
      round.ended = refOf(at);
      if (round.failure === "NothingAccepted") payVerdicts(task, round, () => true);
    });
  },
  SilenceBurned: (draft, { taskId, round: number, burnedWei }, at) => {
    onRound(draft, { taskId, number, at }, (_, task) => {
      task.escrowWei -= burnedWei;
    });
  },
  RoundHeld: nothing,
  RoundReleased: nothing,
  UpdateStruck: (draft, { taskId, round: number, slot }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      round.agreed = undefined; // it is the mean of more than is accepted now
      markAccepted(round, (round.acceptedBitmap ?? 0n) & ~(1n << BigInt(slot)));
    });
  },
  AggregateHeld: nothing,
  AggregateReleased: nothing,
  AggregateRefuted: (draft, { taskId, round: number }, at) => {
    onRound(draft, { taskId, number, at }, (round) => {
      round.agreed = undefined;
    });
  },
  MissedRevealReported: (draft, { taskId, round: number, trainer, takenWei }, at) => {
    onRound(draft, { taskId, number, at }, (round) =>
      onParticipant(round, trainer, () => ({ missedRevealWei: takenWei })),
    );
  },
};

/** Calls `change` on the round, or notes that there is none. */
export function onRound(
  draft: Draft,
  { taskId, number, at }: { readonly taskId: bigint; readonly number: number; readonly at: At },
  change: (round: RoundDraft, task: TaskDraft) => void,
): void {
  const task = draft.task(taskId);
  const round = task && draft.round(task, number);
  if (task !== undefined && round !== undefined) change(round, task);
  else draft.contradict(at, task === undefined ? "unknownTask" : "unknownRound");
}

/** Disputes have undone what the second committee did: its members agree on another aggregate. */
function aggregateAnew(round: RoundDraft): void {
  Object.assign(round, { proposals: [], agreed: undefined });
  round.committee = round.committee.map((member): CommitteeMember => ({ ...member, attested: undefined }));
}

/** The tally's result on every participant. An update that was never opened cannot be accepted. */
export function markAccepted(round: RoundDraft, acceptedBitmap: bigint): void {
  round.acceptedBitmap = acceptedBitmap;
  round.participants = round.participants.map((participant) => {
    const accepted = ((acceptedBitmap >> BigInt(participant.slot)) & 1n) === 1n;
    return participant.accepted === accepted ? participant : { ...participant, accepted };
  });
}

function addParticipant(
  round: RoundDraft,
  committed: Pick<Participant, "trainer" | "slot" | "commitment">,
  at: At,
): void {
  const unknown = { revealed: undefined, accepted: undefined, duplicate: false, rewardWei: 0n, missedRevealWei: 0n };
  round.participants = [...round.participants, { ...committed, committed: refOf(at), ...unknown }];
}

function onParticipant(round: RoundDraft, trainer: Participant["trainer"], change: () => Partial<Participant>): void {
  round.participants = round.participants.map((it) => (it.trainer === trainer ? { ...it, ...change() } : it));
}

/** Who refuses all that others accept is not paid. `isPaid` sees what a verdict accepts and doesn't mark as a copy. */
function payVerdicts(task: TaskDraft, round: RoundDraft, isPaid: (accepted: bigint) => boolean): void {
  const rewardWei = task.terms.rewardPerVerdictWei;
  round.committee = round.committee.map((member): CommitteeMember => {
    if (member.verdict === undefined) return member;
    const { acceptedBitmap, duplicateBitmap } = member.verdict;
    if (!isPaid(acceptedBitmap & ~duplicateBitmap)) return member;
    earn(task, member.auditor, rewardWei);
    return { ...member, rewardWei };
  });
}

/** A bit for each slot whose update was opened. */
function revealedOf({ participants }: RoundDraft): bigint {
  return participants.reduce((bits, { slot, revealed }) => (revealed ? bits | (1n << BigInt(slot)) : bits), 0n);
}

function earn(task: TaskDraft, node: Participant["trainer"], amountWei: bigint): void {
  add(task.earned, node, amountWei);
  add(task.claimable, node, amountWei);
  task.escrowWei -= amountWei;
}

/** As RoundMachine.quorumOf, which a reader of logs has to know. */
function quorumOf(seats: number, { quorum, committeeSize }: TaskDraft["terms"]): number {
  return Math.max(quorum, Math.ceil((quorum * seats) / Math.max(1, committeeSize)));
}
