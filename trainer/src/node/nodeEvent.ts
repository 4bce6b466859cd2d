/** What a node tells the world about itself: one line of `cairn node start --json` each. Additive changes only. Longer than usual: one type, a member for each event. */
import type { Address, Hash } from "viem";
import type { Outcome, Side } from "../audit/dispute/game.ts";
import type { Standing } from "../audit/dispute/outline.ts";
import type { Phase } from "../protocol/contractEnums.ts";
import type { Hex } from "../protocol/hex.ts";

export type Role = "trainer" | "auditor";

/** What a dispute is about, and whose it is. Each kind of game has numbers of its own. */
export type Accused =
  | { readonly about: "update"; readonly trainer: Address }
  | { readonly about: "aggregate"; readonly proposer: Address };

export type NodeEvent =
  | {
      readonly event: "ready";
      readonly address: Address;
      readonly peerId: string;
      readonly multiaddrs: readonly string[];
      readonly roles: readonly Role[];
    }
  | { readonly event: "joined"; readonly task: string; readonly slot: number }
  /** What the trainer trains on in a task whose updates are not replayed; the reason where it is not what was asked for. */
  | { readonly event: "device"; readonly task?: string; readonly device: string; readonly reason?: string }
  | {
      readonly event: "phase";
      readonly task: string;
      readonly round: number;
      readonly phase: Phase;
      /** Unit: unix seconds. */
      readonly deadline: number;
    }
  | {
      readonly event: "trained";
      readonly task: string;
      readonly round: number;
      readonly seconds: number;
      /** Processor time of the same, for comparing: the clock's depends on what else the machine does. */
      readonly cpuSeconds: number;
      readonly samples: number;
      readonly loss: number;
      readonly updateDigest: Hex;
      readonly byteLength: number;
    }
  /** A relay took this node's commitment; or, with `batch`, has sent it: the chain was asked, not the relay. */
  | {
      readonly event: "relayed";
      readonly task: string;
      readonly round: number;
      readonly url: string;
      readonly batch?: number;
      readonly index?: number;
    }
  | {
      readonly event: "replayed";
      readonly task: string;
      readonly round: number;
      readonly trainer: Address;
      readonly index: number;
      readonly match: boolean;
      /** Why it was not accepted; a code of {@link TaggedError} or of `audit/replay.ts`. */
      readonly reason?: string;
      /** The replay alone, without fetching. */
      readonly seconds: number;
      readonly cpuSeconds: number;
    }
  | {
      readonly event: "scored";
      readonly task: string;
      readonly round: number;
      readonly trainer: Address;
      readonly index: number;
      readonly accepted: boolean;
      /** What the mean of all updates loses without it, on the task's test records. Unit: that of the loss. */
      readonly worth: number;
      /** Why it was not accepted: `norm`, `notFinite`, `noGain`, or a code of {@link TaggedError}. */
      readonly reason?: string;
      /** Of the round's scoring, divided by its updates. */
      readonly seconds: number;
      readonly cpuSeconds: number;
    }
  | {
      readonly event: "duplicate";
      readonly task: string;
      readonly round: number;
      readonly trainer: Address;
      readonly index: number;
      /** The index of the earlier update that it nearly repeats. */
      readonly of: number;
    }
  /** The verdict does not cover the work: of `updates` this node judged only `judged`, for the reason named. */
  | {
      readonly event: "refused";
      readonly task: string;
      readonly round: number;
      readonly code: string;
      readonly message: string;
      readonly judged: number;
      readonly updates: number;
    }
  /** The round's update is honest work under a planted, false trace root: it earns nothing this time. */
  | { readonly event: "planted"; readonly task: string; readonly round: number }
  /** `auditor` accepted what was planted and was slashed; `bountyWei` of it is this node's. */
  | {
      readonly event: "plantMissed";
      readonly task: string;
      readonly round: number;
      readonly auditor: Address;
      readonly takenWei: string;
      readonly bountyWei: string;
    }
  /** A dispute of this node's moved on: what was shown or picked, as its own run sees it. */
  | ({
      readonly event: "disputeMoved";
      readonly task: string;
      readonly round: number;
      readonly game: string;
      /** This node's. */
      readonly side: Side;
      readonly by: Side;
      /** Counts from 0, the opening. */
      readonly move: number;
    } & Accused &
      Standing)
  /** This node stands in for a claimant that is late, or lost what it could have won, in a game of its own. */
  | ({
      readonly event: "disputeTakenUp";
      readonly task: string;
      readonly round: number;
      /** The one that it takes up. */
      readonly game: string;
      readonly challenger: Address;
    } & Accused)
  | ({
      readonly event: "disputeEnded";
      readonly task: string;
      readonly round: number;
      readonly game: string;
      readonly challenger: Address;
      readonly side: Side;
      /** The game whose late defender was stood in for. */
      readonly inPlaceOf?: string;
      readonly outcome: Outcome;
      readonly winner: Address;
      /** Of the claimant's stake. */
      readonly takenWei: string;
      readonly moves: number;
    } & Accused)
  /** An accepted update claimed another number of records than its shard has; this node proved it. */
  | {
      readonly event: "sampleCountDisproven";
      readonly task: string;
      readonly round: number;
      readonly trainer: Address;
      readonly claimed: number;
      readonly actual: number;
    }
  | {
      readonly event: "evicted";
      readonly task: string;
      /** The last round that was opened. */
      readonly round: number;
      readonly reason: "idle" | "stake" | "unknown";
      /** Who took the place. */
      readonly by: Address;
      /** The first round after whose opening the node may join again, where it has to wait. */
      readonly rejoinRound?: number;
      readonly rejoins: boolean;
    }
  /** Pay was fetched and reputation told of the work behind it. */
  | { readonly event: "settled"; readonly task: string; readonly claimedWei: string; readonly outcomes: number }
  /** Pay is fetched once this block, up to which it was earned, is final. */
  | { readonly event: "payWaits"; readonly task: string; readonly block: string }
  | { readonly event: "warning"; readonly code: string; readonly message: string }
  | {
      readonly event: "transaction";
      readonly kind: string;
      readonly hash: Hash;
      readonly gasUsed: string;
      readonly status: "success" | "reverted";
    }
  | {
      readonly event: "aggregated";
      readonly task: string;
      readonly round: number;
      readonly digest: Hex;
      readonly byteLength: number;
      readonly accepted: number;
      readonly seconds: number;
    }
  /** What each trainer of the round was worth is computed and stored; `seconds` of computing. */
  | {
      readonly event: "reported";
      readonly task: string;
      readonly round: number;
      readonly digest: Hex;
      readonly byteLength: number;
      /** Updates that nearly repeat another. */
      readonly copies: number;
      readonly seconds: number;
    }
  /** The report stands on chain: `agreeing` auditors filed it, `others` another one. */
  | {
      readonly event: "reportFiled";
      readonly task: string;
      readonly round: number;
      readonly digest: Hex;
      readonly agreeing: number;
      readonly others: number;
      /** Whether this node filed. */
      readonly isSender: boolean;
    }
  /** There is no report of the round by this node. Nobody owes one. */
  | {
      readonly event: "reportSkipped";
      readonly task: string;
      readonly round: number;
      readonly code: string;
      readonly message: string;
    }
  /** The versions of `cohorts` in the group's epoch, made into one; it is attested next. */
  | {
      readonly event: "merged";
      readonly task: string;
      readonly group: string;
      readonly epoch: number;
      readonly digest: Hex;
      readonly byteLength: number;
      readonly cohorts: readonly number[];
      readonly seconds: number;
    }
  | {
      readonly event: "evaluated";
      readonly task: string;
      readonly round: number;
      readonly version: number;
      /** Undefined where the model gives values, not classes. */
      readonly accuracy: number | undefined;
      readonly loss: number;
    }
  | {
      readonly event: "resources";
      readonly task: string;
      readonly round: number;
      readonly rssBytes: number;
      readonly sentBytes: number;
      readonly receivedBytes: number;
    }
  | { readonly event: "error"; readonly code: string; readonly message: string }
  | { readonly event: "stopped"; readonly reason: string };
