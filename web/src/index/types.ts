/**
 * The state that pages read: everything the contracts have said in events, folded. Types only.
 *
 * A state is never changed: a new event makes a new one that shares what stayed the same, so `===` on a task, a round or
 * a node tells whether it changed. Ids that contracts count are bigint, as the contracts take them; rounds, versions,
 * slots and seconds are numbers. Longer than other files because it is the whole vocabulary.
 */
import type { GameKind, Outcome, Side } from "@cairn/trainer/audit/dispute/game";
import type { Standing } from "@cairn/trainer/audit/dispute/outline";
import type { MergeStage } from "@cairn/trainer/chain/cohorts";
import type { FailureReason, Phase, TaskMode } from "@cairn/trainer/protocol/contractEnums";
import type { Address, Hash, Hex } from "viem";

/** Where on the chain something was said. */
export interface EventRef {
  readonly blockNumber: bigint;
  readonly logIndex: number;
  readonly transactionHash: Hash;
}

/** A file as the chain stores it; `documents/` fetches it and checks its digest. */
export interface ContentRef {
  /** SHA-256 of the root block. */
  readonly digest: Hex;
  /** Unit: bytes. */
  readonly byteLength: number;
}

/** What a task fixes for all of its rounds: `TaskParameters` of the contract, which documents every field. */
export interface TaskTerms {
  readonly modelId: bigint;
  readonly datasetId: bigint;
  readonly mode: TaskMode;
  readonly plan: ContentRef;
  readonly rounds: number;
  readonly minTrainers: number;
  readonly maxTrainers: number;
  readonly committeeSize: number;
  readonly quorum: number;
  readonly maxUpdateBytes: number;
  readonly rewardPerUpdateWei: bigint;
  readonly rewardPerVerdictWei: bigint;
  readonly minStakeWei: bigint;
  readonly missedRevealSlashWei: bigint;
  readonly minReputationNano: number;
  readonly seedDelayBlocks: number;
  readonly commitSeconds: number;
  readonly revealSeconds: number;
  readonly drawSeconds: number;
  readonly auditCommitSeconds: number;
  readonly auditRevealSeconds: number;
  readonly aggregateSeconds: number;
  readonly challengeSeconds: number;
}

export interface Task {
  readonly id: bigint;
  readonly owner: Address;
  readonly terms: TaskTerms;
  readonly created: EventRef;
  readonly closed: EventRef | undefined;
  /** What the task can still pay. Unit: wei. */
  readonly escrowWei: bigint;
  /** What was put in at creation. Unit: wei. */
  readonly depositWei: bigint;
  /** Enrolled now. */
  readonly trainers: ReadonlyMap<Address, Enrolment>;
  /** Round n stands at index n - 1. */
  readonly rounds: readonly Round[];
  /** What each node has earned in the task so far. Unit: wei. */
  readonly earned: ReadonlyMap<Address, bigint>;
  /** Earned and not claimed. Unit: wei. */
  readonly claimable: ReadonlyMap<Address, bigint>;
}

export interface Enrolment {
  readonly slot: number;
  /** First round in which the trainer may commit. */
  readonly fromRound: number;
  readonly joined: EventRef;
}

export interface Round {
  readonly taskId: bigint;
  readonly number: number;
  readonly opened: EventRef;
  readonly phase: Phase;
  /** First second at which the phase is over; 0 when nothing follows. Unit: unix seconds. */
  readonly deadline: number;
  /** Every phase entered, in order; `Commit` first, `Draw` twice when the committee was drawn again. */
  readonly phases: readonly PhaseEntry[];
  readonly baseVersion: number;
  readonly seed: Hex;
  /** Trainers who may commit. */
  readonly expected: number;
  /** Who was enrolled when the round opened, less those who left while they could still have committed. */
  readonly expectedTrainers: readonly Address[];
  /** In the order in which they committed; whose commitment a relay sent, in that in which they opened it. */
  readonly participants: readonly Participant[];
  /** 0 for the first committee, 1 for the redrawn one. */
  readonly attempt: number;
  readonly seedTargetBlock: bigint;
  readonly snapshotEpoch: number;
  readonly committeeSeed: Hex;
  /** Seats of the committee that was drawn last. A node with two seats is one member with `seats: 2`. */
  readonly committee: readonly CommitteeMember[];
  readonly seats: number;
  /** Agreeing seats that decide; 0 before the draw. */
  readonly quorum: number;
  /** The first committee, when it was dismissed. */
  readonly dismissed: readonly CommitteeMember[];
  /** Bit i speaks of the update with slot i; known from the tally on. */
  readonly acceptedBitmap: bigint | undefined;
  readonly duplicateBitmap: bigint;
  readonly proposals: readonly Proposal[];
  /** From `Challenge` on. */
  readonly agreed: { readonly weights: ContentRef; readonly proposer: Address; readonly at: EventRef } | undefined;
  /** 0 before `Final`, or when the model's owner had revoked the contract. */
  readonly publishedVersion: number;
  readonly failure: FailureReason;
  /** `Final` or `Failed`. */
  readonly ended: EventRef | undefined;
}

export interface PhaseEntry {
  readonly phase: Phase;
  /** Unit: unix seconds; 0 when nothing follows. */
  readonly deadline: number;
  readonly entered: EventRef;
}

/** A trainer who committed in a round. */
export interface Participant {
  readonly trainer: Address;
  /** Its bit in the bitmaps, and its shard. */
  readonly slot: number;
  readonly commitment: Hex;
  readonly committed: EventRef;
  readonly revealed: RevealedUpdate | undefined;
  /** Known from the tally on; an update that was never opened is not accepted. */
  readonly accepted: boolean | undefined;
  /** Marked by a quorum as repeating an earlier one. */
  readonly duplicate: boolean;
  /** Booked at `Final`. Unit: wei. */
  readonly rewardWei: bigint;
  /** Slashed for not opening its commitment. Unit: wei. */
  readonly missedRevealWei: bigint;
}

export interface RevealedUpdate {
  readonly update: ContentRef;
  readonly traceRoot: Hex;
  /** Records seen in training: the update's weight in the aggregate. */
  readonly sampleCount: number;
  readonly at: EventRef;
}

export interface CommitteeMember {
  readonly auditor: Address;
  readonly seats: number;
  /** When it bound itself to a verdict. What it says is hidden until `verdict`. */
  readonly verdictCommitted: EventRef | undefined;
  readonly verdict: Verdict | undefined;
  readonly attested: { readonly weights: ContentRef; readonly at: EventRef } | undefined;
  /** Booked when the round ended. Unit: wei. */
  readonly rewardWei: bigint;
  /** Slashed for silence, or for accepting a planted error. Unit: wei. */
  readonly slashedWei: bigint;
}

export interface Verdict {
  readonly acceptedBitmap: bigint;
  readonly duplicateBitmap: bigint;
  readonly evidence: Hex;
  readonly at: EventRef;
}

export interface Proposal {
  readonly weights: ContentRef;
  readonly proposer: Address;
  readonly attestations: number;
  readonly at: EventRef;
}

/** A registered node: trainer, auditor, or one that only serves content. */
export interface Node {
  readonly address: Address;
  /** First announcement. */
  readonly registered: EventRef;
  /** Last announcement. */
  readonly announced: EventRef;
  readonly announcements: number;
  /** libp2p peer id as multihash bytes. */
  readonly peerId: Hex;
  /** As announced: foreign text, to be shown only as text. */
  readonly multiaddrs: readonly string[];
  readonly trains: boolean;
  readonly audits: boolean;
  readonly sealingKeyVersion: number;
  /** Active. Unit: wei. */
  readonly stakeWei: bigint;
  /** On its way out. Unit: wei. */
  readonly unbondingWei: bigint;
  /** Oldest first; what each request still holds. */
  readonly unbonding: readonly Unbonding[];
  /** Held by tasks. Unit: wei. */
  readonly lockedWei: bigint;
  /** 10^9 is flawless. Unit: 10^-9. */
  readonly reputationNano: number;
  readonly reputation: readonly ReputationChange[];
  readonly slashes: readonly Slash[];
  /** Stake added and not yet counted in draws; see `activatingWei`. Oldest first. */
  readonly stakeAdded: readonly { readonly amountWei: bigint; readonly at: EventRef }[];
}

export interface Unbonding {
  readonly amountWei: bigint;
  /** Unit: unix seconds. */
  readonly availableAt: number;
}

export interface ReputationChange {
  readonly reputationNano: number;
  readonly cause: "credited" | "slashed";
  readonly at: EventRef;
}

export interface Slash {
  readonly prover: Address;
  /** The fault as the slasher names it: 32 bytes, readable by `slashReasonOf`. */
  readonly reason: Hex;
  readonly bountyWei: bigint;
  readonly burnedWei: bigint;
  readonly at: EventRef;
}

export interface Model {
  readonly id: bigint;
  readonly owner: Address;
  /** Zero address when it is offered to nobody. */
  readonly pendingOwner: Address;
  /** Foreign text, to be shown only as text. */
  readonly name: string;
  readonly metadata: ContentRef;
  /** 0 when it descends from none. */
  readonly parentModelId: bigint;
  readonly parentVersion: number;
  readonly registered: EventRef;
  readonly publishers: ReadonlySet<Address>;
  /** Version n stands at index n. */
  readonly versions: readonly ModelVersion[];
}

export interface ModelVersion {
  readonly modelId: bigint;
  readonly version: number;
  readonly publisher: Address;
  readonly weights: ContentRef;
  readonly parentVersion: number;
  /** 0 when its owner published it by hand, or cohorts' versions were merged. */
  readonly taskId: bigint;
  /** The round that made it, or the epoch that merged it; 0 when its owner published it by hand. */
  readonly round: number;
  readonly provenanceDigest: Hex;
  readonly published: EventRef;
}

export interface Dataset {
  readonly id: bigint;
  readonly owner: Address;
  /** Foreign text, to be shown only as text. */
  readonly name: string;
  readonly manifest: ContentRef;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly isPublic: boolean;
  readonly usageCount: number;
  readonly registered: EventRef;
  /** Until when. Unit: unix seconds. */
  readonly grants: ReadonlyMap<Address, number>;
  readonly uses: readonly { readonly taskId: bigint; readonly user: Address; readonly at: EventRef }[];
}

/** A game, from its opening. */
export interface Dispute {
  readonly kind: GameKind;
  /** Each kind has numbers of its own. */
  readonly id: bigint;
  /** `3`, or `a3` about an aggregate. */
  readonly name: string;
  readonly taskId: bigint;
  readonly round: number;
  /** Whose update it is about, or who proposed the aggregate. */
  readonly claimant: Address;
  readonly challenger: Address;
  /** Whose turn it is when the defender moves: the claimant, or who stands in for it. */
  readonly defender: Address;
  /** The dispute whose late defender this one's stands in for. */
  readonly parentId: bigint | undefined;
  /** Of the update or the aggregate. */
  readonly digest: Hex;
  /** Of an aggregate: what it is the mean of, in ascending order of the trainers' addresses. */
  readonly updates: readonly MeanPart[];
  readonly opened: EventRef;
  /** In order; the first is the opening. */
  readonly moves: readonly DisputeMove[];
  readonly ended: DisputeEnd | undefined;
}

export interface MeanPart {
  readonly trainer: Address;
  /** Its weight. */
  readonly sampleCount: number;
}

/** What a move left. */
export interface DisputeMove {
  readonly place: Standing;
  /** The words of the leaf, where they were shown by this move. */
  readonly words: readonly Hex[];
  readonly by: Side;
  /** Whose turn it was then. */
  readonly next: Side;
  /** When that side would have lost. Unit: unix seconds. */
  readonly deadline: number;
  readonly at: EventRef;
}

export interface DisputeEnd {
  readonly outcome: Outcome;
  /** Gets the bond. */
  readonly winner: Address;
  /** Of the claimant's stake. Unit: wei. */
  readonly takenWei: bigint;
  readonly at: EventRef;
}

/** Tasks that train one model together. */
export interface Group {
  readonly id: bigint;
  /** What the merged versions are published to. */
  readonly modelId: bigint;
  /** The task of cohort n stands at index n. */
  readonly cohorts: readonly bigint[];
  /** Counts from 1. */
  readonly epoch: number;
  readonly stage: MergeStage;
  /** 0 while no cohort has entered. Unit: unix seconds. */
  readonly deadline: number;
  /** Cohorts that entered in this epoch. */
  readonly entered: number;
  /** The last merged version; `undefined` before the first. */
  readonly mergedVersion: number | undefined;
}

export type EventSource =
  | "cairnToken"
  | "nodeRegistry"
  | "modelRegistry"
  | "dataRegistry"
  | "flContract"
  | "disputeGame"
  | "aggregateGame"
  | "roundReports"
  | "cohorts";

/** One decoded event. `args` are as the ABI names them. */
export interface ChainEvent extends EventRef {
  readonly source: EventSource;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A line of the activity feed, links ready. */
export interface FeedEntry {
  readonly event: ChainEvent;
  readonly taskId: bigint | undefined;
  readonly round: number | undefined;
  /** Every account that the event is about. */
  readonly accounts: readonly Address[];
}

/** An event that cannot follow from the ones before it: the RPC left something out, or lies. */
export interface Contradiction {
  readonly at: EventRef;
  readonly name: string;
  /** Key of the message catalogue below `index.contradictions`. */
  readonly problem:
    | "unknownTask"
    | "unknownRound"
    | "unknownNode"
    | "unknownModel"
    | "unknownDataset"
    | "unknownDispute"
    | "unknownGroup"
    | "outOfOrder";
}

/** All that was said up to and including `blockNumber`. */
export interface ChainState {
  readonly blockNumber: bigint;
  readonly eventCount: number;
  readonly tasks: ReadonlyMap<bigint, Task>;
  readonly nodes: ReadonlyMap<Address, Node>;
  readonly models: ReadonlyMap<bigint, Model>;
  readonly datasets: ReadonlyMap<bigint, Dataset>;
  /** By name, in the order in which they were opened. */
  readonly disputes: ReadonlyMap<string, Dispute>;
  readonly groups: ReadonlyMap<bigint, Group>;
  /** CAIRN of every account. Unit: wei. */
  readonly balances: ReadonlyMap<Address, bigint>;
  /** What provers are owed for faults they proved. Unit: wei. */
  readonly bounties: ReadonlyMap<Address, bigint>;
  /** Every event, oldest first, token transfers too. */
  readonly feed: readonly FeedEntry[];
  /** At most the first hundred. */
  readonly contradictions: readonly Contradiction[];
}

export interface Head {
  readonly number: bigint;
  readonly hash: Hash;
  /** Unit: unix seconds. */
  readonly timestamp: number;
  /** When this tab heard of it. Unit: milliseconds of `Date.now()`. */
  readonly heardAtMs: number;
}

export type IndexPhase =
  /** Nothing read yet. */
  | "starting"
  /** Reading the past. */
  | "catchingUp"
  /** At the head. */
  | "following"
  /** The RPC does not answer; what is shown stays, and `index` tries again. */
  | "unreachable"
  /** The RPC serves another chain, or there is no contract at the address. */
  | "wrongDeployment";

/** How far the index is, and how much it can be trusted. */
export interface IndexStatus {
  readonly phase: IndexPhase;
  readonly head: Head | undefined;
  /** How far the chain's clock is ahead of this machine's; `measured` once a block was heard as it came. */
  readonly clock: { readonly offsetSeconds: number; readonly measured: boolean };
  /** Every event up to here is in the state. */
  readonly indexedBlock: bigint;
  /** Blocks between the two; 0 at the head. */
  readonly behindBlocks: bigint;
  /** How wide a range the RPC lets us ask for now. Unit: blocks. */
  readonly rangeBlocks: number;
  /** Time of the last answer. Unit: milliseconds of `Date.now()`. */
  readonly answeredAtMs: number | undefined;
  /** Round trip of the last question. Unit: milliseconds. */
  readonly latencyMs: number | undefined;
  /** How far the chain was rewound last, and when. */
  readonly lastReorg: { readonly toBlock: bigint; readonly blocks: bigint; readonly atMs: number } | undefined;
  /** The state against view functions, at a block. */
  readonly crossCheck: CrossCheck;
  /** Logs whose event no ABI of ours knows: a newer contract. */
  readonly unknownLogs: number;
  readonly trouble: Trouble | undefined;
  /** Whether this tab asks the RPC, or listens to another that does. */
  readonly leader: boolean;
  /** False when the browser offers no storage: all is read again at the next visit. */
  readonly persistent: boolean;
}

export interface Trouble {
  /** Code of the error catalogue. */
  readonly code: string;
  readonly message: string;
  readonly sinceMs: number;
}

export interface CrossCheck {
  readonly atBlock: bigint | undefined;
  /** How many answers were compared since the page opened. */
  readonly compared: number;
  /** What differs: events and view functions cannot both be true. At most ten. */
  readonly mismatches: readonly { readonly what: string; readonly events: string; readonly view: string }[];
}

/** What `useIndex` gives: both change together, and only when something changed. */
export interface IndexSnapshot {
  readonly state: ChainState;
  readonly status: IndexStatus;
}
