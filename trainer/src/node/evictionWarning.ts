/** Tells a trainer that it may lose its place before it does. Reads only. */
import { joinedAtBlock, type RoundView, readRound } from "../chain/task.ts";
import { NodeError } from "./nodeError.ts";
import { actor, type RoundContext } from "./roundContext.ts";

/** Who had nothing accepted in so many rounds in a row is idle. Unit: rounds. Source: Enrolments.IDLE_ROUNDS. */
const IDLE_ROUNDS = 3;

/** `NoCommitments` and `NoReveals`, which count against every trainer. Source: Enrolments.isIdle. */
const LACKED_TRAINERS: ReadonlySet<number> = new Set([1, 2]);

/** `NothingAccepted`, which counts against those that revealed nothing. Source: the same. */
const NOTHING_ACCEPTED = 5;

/** Emits a warning for each way in which anybody may evict the trainer now or after one more round. */
export async function warnOfEviction(context: RoundContext, slot: number): Promise<void> {
  const { chain, job, round, signal, emit } = context;
  const warnings: NodeError[] = [];
  const [stakeWei, lockedWei] = await chain.read("nodeRegistry", "coverOf", [actor(context)], { signal });
  if (stakeWei < lockedWei) {
    warnings.push(
      new NodeError(
        { code: "NODE_STAKE_UNCOVERED", stakeWei: `${stakeWei}`, lockedWei: `${lockedWei}` },
        `tasks hold ${lockedWei} wei of this node's stake and it has ${stakeWei}: it can lose its places`,
      ),
    );
  }
  const misses = await missesInARow(context, slot);
  if (misses >= IDLE_ROUNDS - 1) {
    const taskId = job.taskId.toString();
    warnings.push(
      new NodeError(
        { code: "NODE_NEARLY_IDLE", taskId, misses, most: IDLE_ROUNDS },
        `nothing of this node's was accepted in ${misses} rounds up to round ${round.round} of task ${taskId}; from ${IDLE_ROUNDS} on its place may be taken`,
      ),
    );
  }
  for (const { code, message } of warnings) emit({ event: "warning", code, message });
}

/** @returns how many of the last rounds in which it had this place brought the trainer nothing, counted up to the limit. */
async function missesInARow({ chain, job, round, signal }: RoundContext, slot: number): Promise<number> {
  if (!isMissed(round, slot)) return 0;
  const key = { taskId: job.taskId, trainer: actor({ chain }) };
  const fromBlock = await joinedAtBlock(chain, key, { signal });
  let misses = 0;
  for (let number = round.round; number > 0 && misses < IDLE_ROUNDS; number--) {
    const view = number === round.round ? round : await readRound(chain, job.taskId, number, { signal });
    if (view.openedAtBlock <= fromBlock || !isMissed(view, slot)) return misses;
    misses++;
  }
  return misses;
}

/** Rounds that lacked auditors say nothing of a trainer. */
function isMissed({ phase, failure, acceptedBitmap, revealedBitmap }: RoundView, slot: number): boolean {
  if (phase === "Final") return ((acceptedBitmap >> BigInt(slot)) & 1n) === 0n;
  if (failure === NOTHING_ACCEPTED) return ((revealedBitmap >> BigInt(slot)) & 1n) === 0n;
  return LACKED_TRAINERS.has(failure);
}
