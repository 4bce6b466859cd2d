/**
 * What a tab must not lose between a commitment and its opening: salt, opening and the update's bytes, in one record.
 *
 * A record is on disk before its commitment is signed, and is never replaced: a tab that was killed and comes back sends
 * the same commitment again, or opens it.
 */
import { fileRef } from "@cairn/trainer/protocol/fileRef";
import { type Hex, toHex } from "@cairn/trainer/protocol/hex";
import type { RevealPackage } from "@cairn/trainer/protocol/revealPackage";
import { TrainError } from "../trainError.ts";
import type { Database } from "./database.ts";

/** Which round of which chain. */
export type RoundKey = Pick<RevealPackage, "chainId" | "flContract" | "taskId" | "round" | "roundSeed" | "trainer">;

/** Whose records; a tab may know several accounts and chains. */
export type Owner = Pick<RoundKey, "chainId" | "flContract" | "trainer">;

export interface KeptUpdate extends RevealPackage {
  /** When it was written, by this machine's clock. Unit: milliseconds of `Date.now()`. */
  readonly keptAtMs: number;
}

export interface Journal {
  /** @throws {TrainError} `TRAIN_STORAGE_FAILED` */
  find(key: RoundKey): Promise<KeptUpdate | undefined>;
  /** @returns what is kept for the round from now on: `update`, or what was there before. */
  keep(update: RevealPackage): Promise<KeptUpdate>;
  /** Of one account, oldest first. */
  list(owner: Owner): Promise<readonly KeptUpdate[]>;
  forget(key: RoundKey): Promise<void>;
}

/** @returns 32 fresh random bytes, as every opening needs. */
export function newSalt(): Hex {
  return toHex(crypto.getRandomValues(new Uint8Array(32)));
}

export function createJournal(database: Database, nowMs: () => number = Date.now): Journal {
  const find = async (key: RoundKey): Promise<KeptUpdate | undefined> => {
    const value = await database.get("openings", keyText(key));
    return value === undefined ? undefined : await verified(value as KeptUpdate, key);
  };
  return {
    find,
    async keep(update) {
      const kept: KeptUpdate = { ...update, keptAtMs: nowMs() };
      if (await database.add("openings", keyText(update), kept)) return kept;
      return (await find(update)) ?? kept;
    },
    async list(owner) {
      const all = (await database.all("openings")) as readonly KeptUpdate[];
      return all.filter((kept) => ownerText(kept) === ownerText(owner)).sort((a, b) => a.keptAtMs - b.keptAtMs);
    },
    forget: (key) => database.remove("openings", keyText(key)),
  };
}

/** A disk may lose bytes, and whoever opens what it committed to with other bytes is not paid. */
async function verified(kept: KeptUpdate, { round }: RoundKey): Promise<KeptUpdate> {
  const { digest, byteLength } = await fileRef(kept.update);
  if (digest === kept.opening.updateDigest && byteLength === kept.opening.byteLength) return kept;
  throw new TrainError(
    { code: "TRAIN_OPENING_MISSING", round },
    `what this browser kept of round ${round} is damaged: its update is not the one that was committed to`,
  );
}

function ownerText({ chainId, flContract, trainer }: Owner): string {
  return `${chainId}/${flContract}/${trainer}`.toLowerCase();
}

function keyText(key: RoundKey): string {
  return `${ownerText(key)}/${key.taskId}/${key.round}/${key.roundSeed}`;
}
