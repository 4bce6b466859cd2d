/**
 * A trainer's side of a relay: signs, hands in, and looks on the chain for what became of it.
 *
 * Trusts the relay with nothing. It signs the one commitment that it would send itself, so whatever the relay does, sending
 * it by itself is still right and costs the gas alone; and it does so while there is time.
 */
import { ChainError } from "../../chain/chainError.ts";
import type { Hex } from "../../protocol/hex.ts";
import { actor, keyOf, type RoundContext } from "../roundContext.ts";
import { findPlace } from "./batchPlace.ts";
import { signCommit } from "./commitSignature.ts";
import { openRelayClient, type RelayClient } from "./relayClient.ts";
import { RelayError } from "./relayError.ts";
import type { RelayRecord } from "./relayRecord.ts";
import { ownTurnAt } from "./relayRound.ts";

export interface TrainersRelay {
  /**
   * Does the next step of committing through the relay; to be called until the round leaves `Commit`.
   *
   * @returns `false` when the trainer has to send the commitment by itself now.
   * @throws {ChainError} {NodeError}
   */
  commit(context: RoundContext, entry: { readonly commitment: Hex; readonly slot: number }): Promise<boolean>;
}

/** What a process remembers of a round; a restart hands in again, which the relay answers as before. */
interface Attempt {
  /** When it was tried first. Unit: unix seconds, of the chain's clock. */
  readonly firstSeconds: number;
  /** When it may be tried again. Unit: milliseconds. */
  nextTryMs: number;
  isTaken: boolean;
  hasGivenUp: boolean;
}

/** A relay that does not take the entry is asked again for this part of the time for batches, and no longer than this. */
const PATIENCE = { divisor: 4, mostSeconds: 120 } as const;

/** Unit: milliseconds. */
const RETRY_MS = 1_000;

/** Refusals that may pass: its look at the chain comes after ours, or others ask it too much. */
const PASSING: readonly string[] = ["RELAY_ROUND_CLOSED", "RELAY_BUSY", "RELAY_TOO_MANY_REQUESTS"];

export function openTrainersRelay(url: string): TrainersRelay {
  const client = openRelayClient(url);
  const attempts = new Map<string, Attempt>();
  return {
    async commit(context, { commitment, slot }) {
      const { chain, job, journal, round, signal } = context;
      const record: RelayRecord = { url, commitment, slot, ...(await journal.relayRecord(keyOf(context))) };
      if (record.place !== undefined) return true;
      const block = await chain.request("eth_getBlockByNumber", () => chain.client.getBlock(), { signal });
      const nowSeconds = Number(block.timestamp);
      const name = `${job.taskId}/${round.round}/${round.seed}`;
      const fresh = { firstSeconds: nowSeconds, nextTryMs: 0, isTaken: false, hasGivenUp: false };
      const attempt = attempts.get(name) ?? fresh;
      attempts.set(name, attempt);
      if (attempt.hasGivenUp) return false;
      const ownTurn = ownTurnAt(round.deadline, job.task.parameters.commitSeconds);
      if (await isInBatch(context, { record, client })) return true;
      if (nowSeconds >= ownTurn) return giveUp(context, attempt, late(url));
      if (attempt.isTaken || performance.now() < attempt.nextTryMs) return true;
      return handIn(context, { attempt, record, client, ownTurn, nowSeconds });
    },
  };
}

interface Asked {
  readonly record: RelayRecord;
  readonly client: RelayClient;
}

/** Verified, the place is on disk before anybody relies on it. */
async function isInBatch(context: RoundContext, { record, client }: Asked): Promise<boolean> {
  const place = await findPlace(context, { record, client });
  if (place === undefined) return false;
  const { job, journal, round, emit } = context;
  await journal.keepRelayRecord(keyOf(context), { ...record, place });
  const { batch, index } = place;
  emit({ event: "relayed", task: `${job.taskId}`, round: round.round, url: client.url, batch, index });
  return true;
}

interface HandingIn extends Asked {
  readonly attempt: Attempt;
  readonly ownTurn: number;
  readonly nowSeconds: number;
}

async function handIn(context: RoundContext, { attempt, record, client, ownTurn, nowSeconds }: HandingIn) {
  const { chain, job, journal, round, signal, emit } = context;
  if (chain.account === undefined) {
    throw new ChainError({ code: "CHAIN_ACCOUNT_MISSING" }, "this needs an account to sign with");
  }
  const signed = { taskId: job.taskId, round: round.round, commitment: record.commitment };
  const signature = await signCommit(chain.account, chain.deployment, signed);
  await journal.keepRelayRecord(keyOf(context), record); // from here on somebody else can commit this trainer
  try {
    const { relay } = await client.handIn({ ...signed, trainer: actor(context), ...signature }, signal);
    await journal.keepRelayRecord(keyOf(context), { ...record, relay });
    attempt.isTaken = true;
    emit({ event: "relayed", task: `${job.taskId}`, round: round.round, url: client.url });
    return true;
  } catch (error) {
    if (!(error instanceof RelayError) || signal.aborted) throw error;
    const { detail } = error;
    const mayPass = detail.code !== "RELAY_REFUSED" || PASSING.includes(detail.reason);
    const patience = Math.min((ownTurn - attempt.firstSeconds) / PATIENCE.divisor, PATIENCE.mostSeconds);
    if (!mayPass || nowSeconds >= attempt.firstSeconds + patience) return giveUp(context, attempt, error);
    attempt.nextTryMs = performance.now() + RETRY_MS;
    return true;
  }
}

function late(url: string): RelayError {
  return new RelayError(
    { code: "RELAY_LATE", url },
    `no batch of ${url} holds this node's commitment, and time is short`,
  );
}

/** Once for a round: a relay that failed is not waited for again while the phase runs out. */
function giveUp({ emit }: RoundContext, attempt: Attempt, { code, message }: RelayError): false {
  attempt.hasGivenUp = true;
  emit({ event: "warning", code, message: `${message}; this node commits by itself` });
  return false;
}
