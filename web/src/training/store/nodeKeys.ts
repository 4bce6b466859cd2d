/**
 * The two keys of a tab's node beside its wallet: the libp2p key and the sealing key, made once an account and kept.
 *
 * A tab listens nowhere, so its peer key only names it; the sealing key is what private content would be sealed to.
 */
import type { Database } from "./database.ts";

export interface NodeKeys {
  /** Ed25519 seed, 32 bytes. */
  readonly peer: Uint8Array;
  /** Ed25519 seed, 32 bytes, whose Montgomery form seals. */
  readonly sealing: Uint8Array;
}

/** @throws {TrainError} `TRAIN_STORAGE_FAILED` */
export async function openNodeKeys(database: Database, account: string): Promise<NodeKeys> {
  const key = account.toLowerCase();
  const fresh: NodeKeys = {
    peer: crypto.getRandomValues(new Uint8Array(32)),
    sealing: crypto.getRandomValues(new Uint8Array(32)),
  };
  if (await database.add("keys", key, fresh)) return fresh;
  return (await database.get("keys", key)) as NodeKeys;
}
