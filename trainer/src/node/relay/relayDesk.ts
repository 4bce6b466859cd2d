/** Whether a relay takes an entry: every refusal comes before it is kept, and what is kept is on disk before it is promised. */
import type { Address } from "viem";
import type { Chain } from "../../chain/connection.ts";
import { readDuty } from "../../chain/task.ts";
import { batchPath } from "../../protocol/commitmentBatch.ts";
import { isSigned } from "./commitSignature.ts";
import { RelayError } from "./relayError.ts";
import type { RelayEvent } from "./relayEvent.ts";
import { type EntryAnswer, type EntryKey, type HandIn, MAX_ENTRIES } from "./relayProtocol.ts";
import { newRelayRound, type RelayRound, type RoundWindow, type TakenEntry } from "./relayRound.ts";
import type { RelayDesk } from "./relayServer.ts";
import type { RelayStore } from "./relayStore.ts";

/** What a relay holds in memory; all of it is on disk or on chain as well. */
export interface RelayState {
  readonly chain: Chain;
  readonly relay: Address;
  readonly store: RelayStore;
  /** Served tasks, by id; `undefined` before their first look or round. */
  readonly windows: Map<bigint, RoundWindow | undefined>;
  readonly rounds: Set<RelayRound>;
  /** Of the relay's stake, what nothing holds on chain. Unit: wei. */
  freeWei: bigint;
  /** How often each trainer handed in, was sent, and then went another way: the relay paid for a report of that. */
  readonly detours: Map<Address, number>;
  /** Whether it was told to take nothing new. */
  finishing: boolean;
  readonly emit: (event: RelayEvent) => void;
}

/** Once or twice may be the chain's fault, or the relay's. */
const MAX_DETOURS = 3;

export function createRelayDesk(state: RelayState): RelayDesk {
  const { chain, relay } = state;
  return {
    info: () => ({
      schema: "cairn/relay/v1",
      chainId: chain.deployment.chainId,
      flContract: chain.deployment.contracts.flContract,
      relay,
      tasks: [...state.windows.keys()].map(String),
    }),
    async handIn(entry, signal) {
      const window = openWindow(state, entry);
      if (!(await isSigned(chain.deployment, entry))) {
        throw new RelayError(
          { code: "RELAY_BAD_SIGNATURE", trainer: entry.trainer },
          `the signature is not ${entry.trainer}'s over this commitment`,
        );
      }
      if ((state.detours.get(entry.trainer) ?? 0) >= MAX_DETOURS) {
        throw new RelayError(
          { code: "RELAY_TRAINER_UNRELIABLE", trainer: entry.trainer },
          `${entry.trainer} committed by itself ${MAX_DETOURS} times after it was sent for`,
        );
      }
      const before = roundOf(state, window)?.entries.get(entry.trainer);
      if (before === undefined) await take(state, { entry, slot: await requireFit(state, entry, window, signal) });
      else await requireSame(before, entry);
      return { relay, sendsBy: window.sendsBy };
    },
    answer: (key) => answerOf(state, key),
  };
}

/** The window that takes the entry now. Said before anything is asked of the chain, and again before it is kept. */
function openWindow(state: RelayState, { taskId, round }: HandIn): RoundWindow {
  if (!state.windows.has(taskId)) {
    const detail = { code: "RELAY_TASK_UNSERVED", taskId: `${taskId}` } as const;
    throw new RelayError(detail, `this relay does not serve task ${taskId}`);
  }
  const window = state.windows.get(taskId);
  const isOpen =
    window?.round === round &&
    window.phase === "Commit" &&
    window.nowSeconds < window.sendsBy &&
    roundOf(state, window)?.closed !== true;
  if (window === undefined || !isOpen || state.finishing) {
    const detail = { code: "RELAY_ROUND_CLOSED", taskId: `${taskId}`, round } as const;
    throw new RelayError(detail, `this relay takes no more entries for round ${round} of task ${taskId}`);
  }
  return window;
}

function roundOf(state: RelayState, { taskId, round, seed }: RoundWindow): RelayRound | undefined {
  return [...state.rounds].find(({ key }) => key.taskId === taskId && key.round === round && key.seed === seed);
}

/** A trainer that can't commit, or can't pay for an entry that it does not open, would be paid for by the relay. */
async function requireFit(
  { chain }: RelayState,
  { taskId, round, trainer }: HandIn,
  { penaltyWei }: RoundWindow,
  signal: AbortSignal,
): Promise<number> {
  const [duty, [stakeWei, lockedWei]] = await Promise.all([
    readDuty(chain, { taskId, round, node: trainer }, { signal }),
    chain.read("nodeRegistry", "coverOf", [trainer], { signal }),
  ]);
  if (duty.committed) {
    const detail = { code: "RELAY_ALREADY_COMMITTED", trainer } as const;
    throw new RelayError(detail, `${trainer} has committed in round ${round} by itself`);
  }
  if (!duty.mayCommit) {
    const detail = { code: "RELAY_NOT_ENROLLED", taskId: `${taskId}`, trainer } as const;
    throw new RelayError(detail, `${trainer} may not commit in round ${round} of task ${taskId}`);
  }
  if (stakeWei < lockedWei || stakeWei < penaltyWei) {
    const detail = { code: "RELAY_STAKE_UNCOVERED", trainer } as const;
    throw new RelayError(detail, `${trainer} has less stake than its tasks hold`);
  }
  return duty.slot;
}

async function requireSame(before: TakenEntry, { trainer, commitment }: HandIn): Promise<void> {
  if (before.commitment !== commitment) {
    const detail = { code: "RELAY_ENTRY_TAKEN", trainer } as const;
    throw new RelayError(detail, `${trainer} has handed in another commitment for this round`);
  }
  await before.written;
}

/** From the check to the entry in the map nothing waits, so that no two requests share one piece of stake. */
async function take(
  state: RelayState,
  { entry, slot }: { readonly entry: HandIn; readonly slot: number },
): Promise<void> {
  const window = openWindow(state, entry);
  const round = roundOf(state, window) ?? newRelayRound(window);
  const { trainer, commitment, r, vs } = entry;
  const before = round.entries.get(trainer);
  if (before !== undefined) return requireSame(before, entry);
  const leftWei = state.freeWei - reservedWei(state);
  if (leftWei < window.penaltyWei || round.entries.size >= MAX_ENTRIES) {
    const detail = { code: "RELAY_FULL", freeWei: `${leftWei}` } as const;
    throw new RelayError(detail, "the relay's stake covers no more entries");
  }
  state.rounds.add(round);
  const kept = { trainer, commitment, slot, r, vs };
  const written = state.store.keep(round.key, kept);
  round.entries.set(trainer, { ...kept, written });
  try {
    await written;
  } catch (error) {
    round.entries.delete(trainer);
    throw error;
  }
  state.emit({ event: "taken", task: `${entry.taskId}`, round: entry.round, trainer });
}

/** What entries that were taken and not sent will lock. */
function reservedWei({ rounds }: RelayState): bigint {
  const unsent = [...rounds].filter(({ batches }) => batches.length === 0);
  return unsent.reduce((sum, { entries, penaltyWei }) => sum + BigInt(entries.size) * penaltyWei, 0n);
}

function answerOf(state: RelayState, { taskId, round, trainer }: EntryKey): EntryAnswer {
  const { relay, windows } = state;
  const book = [...state.rounds].find(({ key }) => key.taskId === taskId && key.round === round);
  const entry = book?.entries.get(trainer);
  if (book === undefined || entry === undefined) {
    throw new RelayError({ code: "RELAY_ENTRY_UNKNOWN" }, "this relay has no such entry");
  }
  for (const { batch, placed } of book.batches) {
    const index = placed.findIndex((it) => it.trainer === trainer && it.commitment === entry.commitment);
    if (index >= 0) return { state: "sent", relay, batch, index, path: batchPath(placed, index) };
  }
  return { state: "kept", relay, sendsBy: windows.get(taskId)?.sendsBy ?? 0 };
}
