/** The two keys of a node beside its wallet: the libp2p key and the sealing key, made once and kept in its folder. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fromHex, HexError, toHex } from "../protocol/hex.ts";
import { isBackup } from "./backup.ts";
import { readIfPresent, writeDurably } from "./durableFile.ts";
import { NodeError } from "./nodeError.ts";

export interface NodeKeys {
  /** Ed25519 seed, 32 bytes: the libp2p identity. */
  readonly peer: Uint8Array;
  /** Ed25519 seed, 32 bytes, whose Montgomery form seals (see `protocol/peerProof.ts`). */
  readonly sealing: Uint8Array;
}

/**
 * Reads the keys in `dataDir`, and makes those that are missing.
 *
 * @throws {NodeError} `NODE_KEYS_MALFORMED` when a key file is not 32 bytes of hex: it is never overwritten |
 *   `NODE_FOLDER_IS_BACKUP` | `NODE_DISK_FAILED`
 */
export async function openNodeKeys(dataDir: string): Promise<NodeKeys> {
  if (isBackup(dataDir)) {
    throw new NodeError({ code: "NODE_FOLDER_IS_BACKUP", path: dataDir }, `${dataDir} is a backup of a node`);
  }
  return { peer: await openSeed(join(dataDir, "peer.key")), sealing: await openSeed(join(dataDir, "sealing.key")) };
}

async function openSeed(path: string): Promise<Uint8Array> {
  const present = await readIfPresent(path);
  if (present === undefined) {
    const seed = randomBytes(32);
    await writeDurably(path, `${toHex(seed)}\n`);
    return new Uint8Array(seed);
  }
  try {
    return fromHex(new TextDecoder().decode(present).trim(), 32);
  } catch (cause) {
    if (!(cause instanceof HexError)) throw cause;
    throw new NodeError({ code: "NODE_KEYS_MALFORMED", path }, `${path} is not a key`, { cause });
  }
}
