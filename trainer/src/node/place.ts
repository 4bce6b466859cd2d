/** A trainer's place in a task: why it was lost, and how it is taken again. */
import type { Address } from "viem";
import { type Refusal, refusalOf } from "../chain/chainError.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { departureOf } from "../chain/task.ts";
import { isTagged } from "../protocol/errors.ts";
import { ensureEnrolled, ensureStake, trainersStake } from "./membership.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { actor } from "./roundContext.ts";

export interface PlaceKeeper {
  readonly chain: Chain;
  readonly taskId: bigint;
  /** Unit: wei. */
  readonly minStakeWei: bigint;
  /** Whether to join again. */
  readonly rejoins: boolean;
  readonly emit: (event: NodeEvent) => void;
  readonly nowMs: () => number;
  readonly options: CallOptions;
}

/** What is asked of the chain anyway at every look. */
export interface PlaceView {
  readonly enrolled: boolean;
  /** The last round that opened. */
  readonly round: number;
  readonly closed: boolean;
}

/** Between two tries to join. Unit: milliseconds. */
const BACK_OFF_MS = { first: 5_000, most: 600_000 } as const;

/** An eviction for want of stake is made good from the account, but not for ever: each time costs a slash. */
const MAX_TOP_UPS = 3;

/** @returns what to call at every look; it throws nothing but bugs and wishes to stop. */
export function keepPlace(keeper: PlaceKeeper): (view: PlaceView) => Promise<void> {
  const { chain, taskId, rejoins, emit, nowMs, options } = keeper;
  let lost: { rejoinRound: number; nextMs: number; tries: number } | undefined;
  let isGone = false; // by its own will
  let topUps = 0;

  const retry = async (state: NonNullable<typeof lost>): Promise<void> => {
    try {
      if ((await lacksStake(keeper)) && topUps++ < MAX_TOP_UPS)
        await ensureStake(chain, await neededStake(keeper), options);
      const slot = await ensureEnrolled(chain, taskId, options);
      emit({ event: "joined", task: taskId.toString(), slot });
      lost = undefined;
    } catch (error) {
      if (!isTagged(error) || options.signal.aborted) throw error;
      state.nextMs = nowMs() + Math.min(BACK_OFF_MS.most, BACK_OFF_MS.first * 2 ** state.tries++);
      state.rejoinRound = rejoinRoundOf(error) ?? state.rejoinRound;
      emit({ event: "error", code: error.code, message: `joining task ${taskId} again: ${error.message}` });
    }
  };

  return async ({ enrolled, round, closed }) => {
    if (enrolled) lost = undefined;
    if (enrolled || closed || isGone) return;
    if (lost === undefined) {
      const departure = await departureOf(chain, { taskId, trainer: actor({ chain }) }, options);
      isGone = departure === undefined || departure.by.toLowerCase() === actor({ chain }).toLowerCase();
      if (isGone) return; // `leave`, sent by the account's owner some other way
      lost = { rejoinRound: await tellEviction(keeper, round, departure!.by), nextMs: nowMs(), tries: 0 };
    }
    if (rejoins && round >= lost.rejoinRound && nowMs() >= lost.nextMs) await retry(lost);
  };
}

/** @returns the round to wait for; 0 when there is none. */
async function tellEviction(keeper: PlaceKeeper, round: number, by: Address): Promise<number> {
  const { chain, taskId, rejoins, emit, options } = keeper;
  const refusal = await refusalToJoin(chain, taskId, options);
  const rejoinRound = refusal === undefined ? undefined : rejoinRoundIn(refusal);
  const reason = (await lacksStake(keeper)) ? "stake" : rejoinRound === undefined ? "unknown" : "idle";
  const when = rejoinRound === undefined ? {} : { rejoinRound };
  emit({ event: "evicted", task: taskId.toString(), round, reason, by, rejoins, ...when });
  return rejoinRound ?? 0;
}

/** @returns whether what is left beside the other tasks' stake is too little for a place in this one. */
async function lacksStake({ chain, minStakeWei, options }: PlaceKeeper): Promise<boolean> {
  const [stakeWei, lockedWei] = await chain.read("nodeRegistry", "coverOf", [actor({ chain })], options);
  return stakeWei < lockedWei + minStakeWei;
}

/** Asks without sending anything. @returns why the contract would refuse the account a place now */
async function refusalToJoin(chain: Chain, taskId: bigint, options: CallOptions): Promise<Refusal | undefined> {
  try {
    await chain.simulate("flContract", "join", [taskId], options);
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

/** `FLContractEvicted(taskId, trainer, rejoinRound)`. */
function rejoinRoundIn({ errorName, args }: Refusal): number | undefined {
  return errorName === "FLContractEvicted" ? Number(args[2]) : undefined;
}

function rejoinRoundOf(error: unknown): number | undefined {
  const refusal = refusalOf(error);
  return refusal && rejoinRoundIn(refusal);
}

function neededStake({ chain, taskId, minStakeWei, options }: PlaceKeeper): Promise<bigint> {
  return trainersStake(chain, { taskId, minStakeWei }, options);
}
