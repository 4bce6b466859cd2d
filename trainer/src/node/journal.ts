/**
 * What a node must not lose between a commitment and its opening.
 *
 * An opening is on disk, flushed, before its commitment is sent: a lost salt is a missed reveal, and that costs stake.
 * An opening once written is never replaced, so a node that crashes and comes back sends the same commitment again.
 */
import { randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { UpdateFile } from "../learning/compression/updateFile.ts";
import type { UpdateOpening, VerdictOpening } from "../protocol/commitment.ts";
import { type Hex, toHex } from "../protocol/hex.ts";
import { readIfPresent, writeDurably } from "./durableFile.ts";
import { NodeError } from "./nodeError.ts";
import { RELAY_RECORD_FIELDS, type RelayRecord } from "./relay/relayRecord.ts";
import { decodeResidual, encodeResidual, type KeptResidual, lastResidual, RESIDUAL } from "./residualFile.ts";

export interface RoundKey {
  readonly taskId: bigint;
  readonly round: number;
  /** The round's seed on chain: another chain's round of the same number is another round. */
  readonly seed: Hex;
}

/** Whose openings a journal holds. One made for another chain, contract or account must never be sent as one's own. */
export interface JournalOwner {
  readonly chainId: number;
  readonly flContract: string;
  readonly account: string;
}

export interface Journal {
  updateOpening(key: RoundKey): Promise<UpdateOpening | undefined>;
  /** Keeps the opening and the update's bytes. Nothing is written when the round has an opening already. */
  keepUpdate(key: RoundKey, opening: UpdateOpening, update: UpdateFile): Promise<void>;
  /** What compressed updates of the task lost until before `key.round`; only with error feedback. */
  residualBefore(key: RoundKey, elements: number): Promise<KeptResidual | undefined>;
  updateBytes(key: RoundKey): Promise<Uint8Array | undefined>;
  /** What proves that the round's update was planted wrong; the update's opening says whether it was. */
  plantSalt(key: RoundKey): Promise<Hex | undefined>;
  /** Must come before {@link keepUpdate}: a plant without its salt is a lie that nobody can tell from one. */
  keepPlant(key: RoundKey, salt: Hex): Promise<void>;
  /** What was signed for a relay; see `relay/relayedDuty.ts`. */
  relayRecord(key: RoundKey): Promise<RelayRecord | undefined>;
  /** Replaces the one before: it tells more of the same commitment. */
  keepRelayRecord(key: RoundKey, record: RelayRecord): Promise<void>;
  verdictOpening(key: RoundKey, attempt: number): Promise<VerdictOpening | undefined>;
  keepVerdict(key: RoundKey, opening: VerdictOpening): Promise<void>;
  /**
   * Must come before a commitment, an opening or a verdict is signed: what was to be said once is never said in two versions.
   *
   * @param what such as `update` or `verdict-0`
   * @throws {NodeError} `NODE_EQUIVOCATION_REFUSED` when something else was said before
   */
  sayOnce(key: RoundKey, what: string, said: Hex): Promise<void>;
  /** Deletes what belongs to rounds before `key.round`: they are over, their openings public. The last residual stays. */
  forgetBefore(key: RoundKey): Promise<void>;
}

/** @returns 32 fresh random bytes, as every opening needs. */
export function newSalt(): Hex {
  return toHex(randomBytes(32));
}

/** Opens the owner's journal below `parent`; it appears with the first record. One process a folder (see `lock.ts`). */
export function openJournal(parent: string, { chainId, flContract, account }: JournalOwner): Journal {
  const folder = join(parent, `${chainId}-${flContract}-${account}`.toLowerCase());
  const path = ({ taskId, round, seed }: RoundKey, name: string): string =>
    join(folder, `${taskId}-${round}-${seed.slice(2, 18)}-${name}`);

  return {
    updateOpening: async (key) => parse<UpdateOpening>(path(key, "update.json"), UPDATE_FIELDS),
    updateBytes: (key) => readIfPresent(path(key, "update.safetensors")),
    keepUpdate: async (key, opening, { bytes, residual }) => {
      if ((await readIfPresent(path(key, "update.json"))) !== undefined) return;
      await writeDurably(path(key, "update.safetensors"), bytes);
      if (residual !== undefined) await writeDurably(path(key, RESIDUAL), encodeResidual(residual));
      await writeDurably(path(key, "update.json"), JSON.stringify(opening));
    },
    residualBefore: async (key, elements) => {
      const last = await lastResidual(folder, key.taskId, key.round - 1);
      if (last === undefined) return undefined;
      const file = join(folder, last.name);
      const bytes = await readIfPresent(file);
      return bytes === undefined ? undefined : { ...last, values: decodeResidual(file, bytes, elements) };
    },
    plantSalt: async (key) => (await parse<{ readonly salt: Hex }>(path(key, "plant.json"), ["salt"]))?.salt,
    keepPlant: async (key, salt) => {
      if ((await readIfPresent(path(key, "plant.json"))) !== undefined) return;
      await writeDurably(path(key, "plant.json"), JSON.stringify({ salt }));
    },
    relayRecord: async (key) => parse<RelayRecord>(path(key, "relay.json"), RELAY_RECORD_FIELDS),
    keepRelayRecord: (key, record) => writeDurably(path(key, "relay.json"), JSON.stringify(record)),
    verdictOpening: async (key, attempt) => {
      const stored = await parse<StoredVerdict>(path(key, `verdict-${attempt}.json`), VERDICT_FIELDS);
      if (stored === undefined) return undefined;
      const { acceptedBitmap, duplicateBitmap = "0" } = stored;
      return { ...stored, acceptedBitmap: BigInt(acceptedBitmap), duplicateBitmap: BigInt(duplicateBitmap) };
    },
    keepVerdict: async (key, opening) => {
      const file = path(key, `verdict-${opening.attempt}.json`);
      if ((await readIfPresent(file)) !== undefined) return;
      const { acceptedBitmap, duplicateBitmap = 0n } = opening;
      const stored: StoredVerdict = {
        ...opening,
        acceptedBitmap: `${acceptedBitmap}`,
        duplicateBitmap: `${duplicateBitmap}`,
      };
      await writeDurably(file, JSON.stringify(stored));
    },
    sayOnce: async (key, what, said) => {
      const file = path(key, `said-${what}.json`);
      const before = (await parse<{ readonly said: Hex }>(file, ["said"]))?.said;
      if (before === said) return;
      if (before !== undefined) {
        const { taskId, round } = key;
        throw new NodeError(
          { code: "NODE_EQUIVOCATION_REFUSED", taskId: `${taskId}`, round, what },
          `another ${what} was signed for round ${round} of task ${taskId} before: two versions would cost the stake`,
        );
      }
      await writeDurably(file, JSON.stringify({ said }));
    },
    forgetBefore: async ({ taskId, round }) => {
      const last = await lastResidual(folder, taskId, round);
      for (const name of await readdir(folder).catch(() => [])) {
        const [task, past] = name.split("-");
        if (task !== taskId.toString() || Number(past) >= round || name === last?.name) continue;
        await rm(join(folder, name), { force: true });
      }
    },
  };
}

interface StoredVerdict extends Omit<VerdictOpening, "acceptedBitmap" | "duplicateBitmap"> {
  readonly acceptedBitmap: string;
  /** Absent in records of versions that marked none. */
  readonly duplicateBitmap?: string;
}

const UPDATE_FIELDS = ["updateDigest", "byteLength", "traceRoot", "sampleCount", "salt"];
const VERDICT_FIELDS = ["attempt", "acceptedBitmap", "evidence", "salt"];

async function parse<T>(path: string, fields: readonly string[]): Promise<T | undefined> {
  const bytes = await readIfPresent(path);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null && fields.every((field) => field in value)) return value as T;
  } catch {
    // falls through: not JSON is as bad as the wrong fields
  }
  throw new NodeError({ code: "NODE_JOURNAL_MALFORMED", path }, `${path} is not a record of this journal`);
}
