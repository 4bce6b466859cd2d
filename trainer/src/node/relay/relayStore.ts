/**
 * What a relay must not lose: every entry that it took, with its trainer's signature. On disk, flushed, before a trainer is
 * told that it was taken; deleted once the batch's bond is settled. What was sent is on chain, and read from there.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Address, isAddress } from "viem";
import type { Hex } from "../../protocol/hex.ts";
import { readIfPresent, writeDurably } from "../durableFile.ts";
import type { JournalOwner, RoundKey } from "../journal.ts";
import { RelayError } from "./relayError.ts";

export interface KeptEntry {
  readonly trainer: Address;
  readonly commitment: Hex;
  /** The trainer's place when it handed in. */
  readonly slot: number;
  readonly r: Hex;
  readonly vs: Hex;
}

/** A round of which entries are kept. The folder's name holds the seed's first 16 digits alone. */
export interface KeptRound {
  readonly taskId: bigint;
  readonly round: number;
  readonly seedStart: string;
  readonly entries: readonly KeptEntry[];
}

export interface RelayStore {
  /** Resolves once the entry is on disk. @throws {NodeError} `NODE_DISK_FAILED` */
  keep(key: RoundKey, entry: KeptEntry): Promise<void>;
  /** @throws {RelayError} `RELAY_RECORD_MALFORMED`; {NodeError} `NODE_DISK_FAILED` */
  rounds(): Promise<KeptRound[]>;
  forget(key: Pick<KeptRound, "taskId" | "round" | "seedStart">): Promise<void>;
}

const SEED_DIGITS = 16;

export function seedStartOf(seed: Hex): string {
  return seed.slice(2, 2 + SEED_DIGITS).toLowerCase();
}

const FOLDER_NAME = /^([1-9]\d*)-([1-9]\d*)-([0-9a-f]{16})$/;
const ENTRY_NAME = /^0x[0-9a-f]{40}\.json$/;

/** Opens the owner's records below `parent`. One process a folder (see `lock.ts`). */
export function openRelayStore(parent: string, { chainId, flContract, account }: JournalOwner): RelayStore {
  const folder = join(parent, `${chainId}-${flContract}-${account}`.toLowerCase());
  const folderOf = ({ taskId, round, seedStart }: Pick<KeptRound, "taskId" | "round" | "seedStart">): string =>
    join(folder, `${taskId}-${round}-${seedStart}`);

  return {
    async keep({ taskId, round, seed }, entry) {
      const path = join(
        folderOf({ taskId, round, seedStart: seedStartOf(seed) }),
        `${entry.trainer}.json`.toLowerCase(),
      );
      await writeDurably(path, JSON.stringify(entry));
    },
    async rounds() {
      const names = await readdir(folder).catch(() => []);
      const found = names.flatMap((name) => {
        const [, task, round, seedStart] = FOLDER_NAME.exec(name) ?? [];
        return task === undefined ? [] : [{ taskId: BigInt(task), round: Number(round), seedStart: seedStart! }];
      });
      return Promise.all(found.map(async (key) => ({ ...key, entries: await readEntries(folderOf(key)) })));
    },
    forget: (key) => rm(folderOf(key), { recursive: true, force: true }),
  };
}

async function readEntries(folder: string): Promise<KeptEntry[]> {
  const names = (await readdir(folder)).filter((name) => ENTRY_NAME.test(name)).sort();
  return Promise.all(names.map((name) => readEntry(join(folder, name))));
}

async function readEntry(path: string): Promise<KeptEntry> {
  const text = new TextDecoder().decode(await readIfPresent(path));
  try {
    const value = JSON.parse(text) as Partial<KeptEntry>;
    const words = [value.commitment, value.r, value.vs];
    const isWhole = words.every((word) => typeof word === "string" && /^0x[0-9a-f]{64}$/.test(word));
    if (isWhole && isAddress(value.trainer ?? "") && Number.isInteger(value.slot)) return value as KeptEntry;
  } catch {
    // falls through: not JSON is as bad as the wrong fields
  }
  throw new RelayError({ code: "RELAY_RECORD_MALFORMED", path }, `${path} is not an entry that a relay kept`);
}
