/** What the demo hears: from itself, from the chain, from its nodes. Types only; every event carries when it was heard. */
import type { GameKind, Outcome, Side } from "../../../trainer/src/audit/dispute/game.ts";
import type { Phase } from "../../../trainer/src/protocol/contractEnums.ts";
import type { Hex } from "../../../trainer/src/protocol/hex.ts";

export type Role = "trainer" | "auditor";

/** What the demo itself is doing, in order. */
export const STAGES = [
  "compiler",
  "chain",
  "contracts",
  "wallets",
  "task",
  "nodes",
  "rounds",
  "checks",
  "done",
] as const;

export type Stage = (typeof STAGES)[number];

/** From the demo itself. */
export type OwnEvent =
  | { readonly type: "stage"; readonly stage: Stage }
  /** The dApp answers there, if only to say that it is still being built. */
  | { readonly type: "site"; readonly url: string }
  | { readonly type: "siteFailed"; readonly logFile: string }
  | { readonly type: "chain"; readonly chainId: number; readonly rpcUrl: string }
  | {
      readonly type: "task";
      readonly task: string;
      readonly mode: string;
      readonly data: string;
      readonly rounds: number;
    }
  | { readonly type: "node"; readonly name: string; readonly role: Role; readonly address: string }
  | { readonly type: "memory"; readonly address: string; readonly rssBytes: number };

/** From `FLContract`'s log. Addresses in their checksummed form. */
export type ChainEvent =
  | { readonly type: "joined"; readonly trainer: string; readonly slot: number }
  | { readonly type: "opened"; readonly round: number; readonly expected: number }
  | { readonly type: "phase"; readonly round: number; readonly phase: Phase }
  | { readonly type: "committed"; readonly round: number; readonly trainer: string; readonly index: number }
  | { readonly type: "revealed"; readonly round: number; readonly trainer: string; readonly byteLength: number }
  | { readonly type: "drawn"; readonly round: number; readonly attempt: number; readonly members: readonly string[] }
  | { readonly type: "verdictCommitted"; readonly round: number; readonly auditor: string }
  | { readonly type: "verdictRevealed"; readonly round: number; readonly auditor: string; readonly bitmap: bigint }
  | {
      /** An auditor accepted what was planted, and was slashed. */
      readonly type: "plantMissed";
      readonly round: number;
      readonly auditor: string;
      readonly trainer: string;
      readonly takenWei: bigint;
    }
  | { readonly type: "tallied"; readonly round: number; readonly bitmap: bigint }
  | {
      readonly type: "agreed";
      readonly round: number;
      /** The new weights. */
      readonly digest: Hex;
      readonly byteLength: number;
    }
  | { readonly type: "final"; readonly round: number; readonly version: number; readonly bitmap: bigint }
  | { readonly type: "failed"; readonly round: number; readonly reason: number };

/** From a node's NDJSON, with the node's address. */
export type HeardEvent =
  | { readonly type: "ready"; readonly address: string }
  | {
      readonly type: "trained";
      readonly address: string;
      readonly round: number;
      readonly seconds: number;
      readonly cpuSeconds: number;
    }
  | {
      readonly type: "replayed";
      readonly address: string;
      readonly round: number;
      readonly index: number;
      readonly match: boolean;
      readonly reason: string | undefined;
      readonly seconds: number;
      readonly cpuSeconds: number;
    }
  | {
      readonly type: "device";
      readonly address: string;
      readonly device: string;
      readonly reason: string | undefined;
    }
  | {
      /** A move of a dispute that this node plays. */
      readonly type: "disputeMoved";
      readonly address: string;
      readonly round: number;
      readonly about: GameKind;
      readonly game: string;
      readonly side: Side;
      /** Whose update it is about, or who proposed the aggregate. */
      readonly claimant: string;
      /** Whether the move opens the game. */
      readonly opens: boolean;
      readonly text: string;
    }
  | {
      readonly type: "disputeEnded";
      readonly address: string;
      readonly round: number;
      readonly about: GameKind;
      readonly game: string;
      readonly side: Side;
      /** Whose update it is about, or who proposed the aggregate. */
      readonly claimant: string;
      readonly outcome: Outcome;
      readonly takenWei: bigint;
      readonly moves: number;
    }
  | { readonly type: "planted"; readonly address: string; readonly round: number }
  | { readonly type: "evaluated"; readonly round: number; readonly accuracy: number; readonly loss: number }
  | {
      readonly type: "resources";
      readonly address: string;
      readonly round: number;
      readonly rssBytes: number;
      readonly sentBytes: number;
      readonly receivedBytes: number;
    }
  | { readonly type: "trouble"; readonly address: string; readonly code: string; readonly message: string };

export type RunEvent = (OwnEvent | ChainEvent | HeardEvent) & {
  /** Since the demo began. Unit: milliseconds. */
  readonly atMs: number;
};
