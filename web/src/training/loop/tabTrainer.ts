/** What a tab's round works with: the ports to chain, wallet, engine, storage and content. Types only. */
import type { Chain } from "@cairn/trainer/chain/connection";
import type { RoundView } from "@cairn/trainer/chain/task";
import type { UpdateOpening } from "@cairn/trainer/protocol/commitment";
import type { ContentRef } from "@cairn/trainer/protocol/contentRef";
import type { Hex } from "@cairn/trainer/protocol/hex";
import type { Address } from "viem";
import type { Engine } from "../engine.ts";
import type { Journal } from "../store/journal.ts";
import type { ChainClock } from "./chainClock.ts";
import type { Work } from "./estimate.ts";
import type { TrainingEvent } from "./trainingEvent.ts";

/** The two transactions of a trainer's round. */
export type TrainingWrite =
  | { readonly functionName: "commitUpdate"; readonly args: readonly [taskId: bigint, commitment: Hex] }
  | { readonly functionName: "revealUpdate"; readonly args: readonly [taskId: bigint, opening: UpdateOpening] };

/**
 * Asks the wallet and waits until the transaction is included.
 *
 * @returns `declined` when the visitor said no.
 * @throws a coded error when it could not be sent or was refused
 */
export type Send = (write: TrainingWrite, round: number) => Promise<"included" | "declined">;

export interface TabTrainer {
  /** Reads only. */
  readonly chain: Chain;
  readonly clock: ChainClock;
  readonly account: Address;
  readonly taskId: bigint;
  readonly modelId: bigint;
  readonly work: Work;
  readonly engine: Pick<Engine, "stateOf" | "train">;
  readonly journal: Journal;
  readonly fetchContent: (ref: ContentRef, signal: AbortSignal) => Promise<Uint8Array>;
  readonly publish: (bytes: Uint8Array, ref: ContentRef, signal: AbortSignal) => Promise<void>;
  readonly send: Send;
  readonly emit: (event: TrainingEvent) => void;
  /** Waits so long, also in a tab that nobody looks at. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly pollingMs: number;
  /** The visitor wants to be asked once more, after a no in the wallet. */
  readonly mayAskAgain: () => boolean;
  /** Stop at once. */
  readonly signal: AbortSignal;
  /** Open what is committed, take on nothing new. */
  readonly finish: AbortSignal;
}

export type Round = RoundView & { readonly round: number };
