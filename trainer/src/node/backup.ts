/**
 * A copy of what a node must not lose: its two keys, its journal and its transactions. Safe to make while the node runs.
 *
 * Every file of the journal is whole from the moment it has its name, and never changed afterwards but for relay records
 * and transactions, which are replaced as a whole; so what is copied is whole, too. The list of files is written last: a copy without it
 * was broken off. A copy is no folder for a node: started from it, two nodes would have one journal.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { readIfPresent, writeDurably } from "./durableFile.ts";
import { lockFolder } from "./lock.ts";
import { NodeError } from "./nodeError.ts";
import { OUTBOX } from "./outbox.ts";

export interface Backup {
  readonly schema: "cairn/backup/v1";
  /** ISO 8601, UTC. What the node committed to later is not in it. */
  readonly exportedAt: string;
  readonly files: readonly BackupFile[];
}

interface BackupFile {
  /** Relative to the data folder, with `/`. */
  readonly name: string;
  readonly byteLength: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

const MANIFEST = "backup.json";
const KEYS: readonly string[] = ["peer.key", "sealing.key"];
const JOURNAL = "journal";

/** A name that stays below the folder: keys, or a record of one owner's journal or outbox. */
const NAME = /^(peer\.key|sealing\.key|(journal|outbox)\/[0-9a-z-]+\/[0-9a-zA-Z.-]+)$/;

/** @returns whether `folder` is a copy, not a node's own. */
export function isBackup(folder: string): boolean {
  return existsSync(join(folder, MANIFEST));
}

/**
 * Copies keys and journal of `dataDir` to `target`, a folder that is new or empty.
 *
 * @throws {NodeError} `NODE_FOLDER_IN_USE` when `target` holds anything | `NODE_BACKUP_EMPTY` when `dataDir` holds
 *   nothing to copy | `NODE_DISK_FAILED`
 */
export async function exportNode(dataDir: string, target: string, nowMs: number): Promise<Backup> {
  await requireEmpty(target);
  const files: BackupFile[] = [];
  for (const name of [...KEYS, ...(await journalFiles(dataDir))]) {
    const bytes = await readIfPresent(join(dataDir, name));
    if (bytes === undefined) continue; // forgotten meanwhile: its round is over
    await writeDurably(join(target, name), bytes);
    files.push({ name, byteLength: bytes.length, sha256: sha256(bytes) });
  }
  if (files.length === 0) {
    throw new NodeError({ code: "NODE_BACKUP_EMPTY", path: dataDir }, `${dataDir} holds neither keys nor a journal`);
  }
  const backup: Backup = { schema: "cairn/backup/v1", exportedAt: new Date(nowMs).toISOString(), files };
  await writeDurably(join(target, MANIFEST), `${JSON.stringify(backup, null, 2)}\n`);
  return backup;
}

/**
 * Puts a copy back into `dataDir`, a folder without keys and journal. Nothing is written before every file was checked.
 *
 * @throws {NodeError} `NODE_BACKUP_MALFORMED` when a file is missing or another than the list says | `NODE_FOLDER_IN_USE` |
 *   `NODE_ALREADY_RUNNING` | `NODE_DISK_FAILED`
 */
export async function restoreNode(source: string, dataDir: string): Promise<Backup> {
  const backup = await readBackup(source);
  const contents = new Map<string, Uint8Array>();
  for (const { name, byteLength, sha256: expected } of backup.files) {
    const bytes = await readIfPresent(join(source, name));
    if (bytes === undefined || bytes.length !== byteLength || sha256(bytes) !== expected) throw malformed(source, name);
    contents.set(name, bytes);
  }
  const lock = await lockFolder(dataDir);
  try {
    for (const name of [...KEYS, JOURNAL]) if (existsSync(join(dataDir, name))) throw inUse(dataDir, name);
    for (const [name, bytes] of contents) {
      const path = join(dataDir, name);
      if (name.startsWith(`${OUTBOX}/`) && existsSync(path)) continue; // a command has sent from here: it knows better
      await writeDurably(path, bytes);
    }
  } finally {
    await lock.release();
  }
  return backup;
}

async function readBackup(source: string): Promise<Backup> {
  const bytes = await readIfPresent(join(source, MANIFEST));
  if (bytes === undefined) throw malformed(source, MANIFEST);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw malformed(source, MANIFEST);
  }
  const backup = value as Partial<Backup> | null;
  const isOne = backup?.schema === "cairn/backup/v1" && Array.isArray(backup.files) && backup.files.every(isBackupFile);
  if (!isOne) throw malformed(source, MANIFEST);
  return backup as Backup;
}

function isBackupFile(file: unknown): boolean {
  const { name, byteLength, sha256: digest } = (file ?? {}) as Partial<Record<keyof BackupFile, unknown>>;
  return typeof name === "string" && NAME.test(name) && typeof byteLength === "number" && typeof digest === "string";
}

async function journalFiles(dataDir: string): Promise<string[]> {
  const names: string[] = [];
  for (const folder of [JOURNAL, OUTBOX]) {
    const entries = await readdir(join(dataDir, folder), { recursive: true }).catch(() => []);
    names.push(...entries.map((entry) => `${folder}/${entry.split(sep).join("/")}`));
  }
  return names.filter((name) => NAME.test(name) && !name.endsWith(".tmp") && !name.includes("node.lock")).sort();
}

async function requireEmpty(target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(target, { recursive: true, mode: 0o700 });
    const [present] = await readdir(target);
    if (present !== undefined) throw inUse(target, present);
  } catch (cause) {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError({ code: "NODE_DISK_FAILED", path: target }, `cannot write to ${target}`, { cause });
  }
}

function inUse(path: string, holds: string): NodeError {
  return new NodeError({ code: "NODE_FOLDER_IN_USE", path, holds }, `${path} holds ${holds} already`);
}

function malformed(source: string, name: string): NodeError {
  const path = join(source, name);
  return new NodeError({ code: "NODE_BACKUP_MALFORMED", path }, `${path} is missing, or not what was copied`);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
