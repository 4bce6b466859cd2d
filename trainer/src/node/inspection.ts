/** What a node's data folder holds, read without a chain and without changing anything. Shows no salt and no key. */
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { decodeRecord, type TransactionState } from "../chain/transactions/transactionRecord.ts";
import { isBackup } from "./backup.ts";
import { livingHolder } from "./lock.ts";
import { OUTBOX, OUTBOX_RECORD } from "./outbox.ts";

export interface Inspection {
  readonly folder: string;
  /** Whether it is a copy that `cairn node export` made. */
  readonly isBackup: boolean;
  /** The process that uses it now. */
  readonly runningPid: number | undefined;
  readonly keys: readonly string[];
  /** One for each chain, contract and account that the folder has worked for. */
  readonly journals: readonly JournalInspection[];
  /** Transactions that are on their way, or mined and not final, as they were last seen. */
  readonly transactions: readonly TransactionInspection[];
  /** What was left by writes that a crash cut short, or is no record: nobody needs it. */
  readonly leftovers: readonly string[];
  readonly sizes: { readonly journalBytes: number; readonly contentBytes: number; readonly blocks: number };
}

export interface TransactionInspection {
  readonly chainId: string;
  readonly account: string;
  readonly nonce: number;
  readonly call: string;
  readonly state: TransactionState | "torn";
  /** Of the newest copy, or of the one that was mined. */
  readonly hash: string | undefined;
  /** How many copies were signed, each dearer than the one before. */
  readonly copies: number;
}

export interface JournalInspection {
  readonly chainId: string;
  readonly flContract: string;
  readonly account: string;
  readonly rounds: readonly RoundInspection[];
}

export interface RoundInspection {
  readonly task: string;
  readonly round: number;
  /** Whether the salt that opens the update's commitment is kept, and readable. Undefined: none was made. */
  readonly update: RecordState | undefined;
  /** By the committee's try. */
  readonly verdicts: readonly { readonly attempt: number; readonly state: RecordState }[];
  /** Whether an error was planted, whether a relay has the commitment. */
  readonly hasPlant: boolean;
  readonly hasRelayRecord: boolean;
  /** Unit: bytes. */
  readonly size: number;
}

/** `torn` is no JSON with a salt: it cannot be opened, and stops the node from committing anew. */
export type RecordState = "salt kept" | "torn";

const OWNER = /^(\d+)-(0x[0-9a-f]{40})-(0x[0-9a-f]{40})$/;
const KEY = /^(\d+)-[0-9a-f]{16}-(0x[0-9a-f]{40})$/;
const RECORD = /^(\d+)-(\d+)-([0-9a-f]{16})-(.+)$/;
const VERDICT = /^verdict-(\d+)\.json$/;

export async function inspectNode(folder: string): Promise<Inspection> {
  const entries = await list(folder);
  const owners = (await list(join(folder, "journal"))).filter((entry) => entry.isDirectory() && OWNER.test(entry.name));
  const journals = await Promise.all(owners.map(({ name }) => inspectJournal(join(folder, "journal", name), name)));
  const blocks = await sizesBelow(join(folder, "content", "blocks"));
  const lock = join(folder, "node.lock");
  const record = await readFile(lock, "utf8").catch(() => undefined);
  return {
    folder,
    isBackup: isBackup(folder),
    runningPid: record === undefined ? undefined : livingHolder(record, lock),
    keys: entries.map(({ name }) => name).filter((name) => name.endsWith(".key")),
    journals: journals.map(({ journal }) => journal),
    transactions: await inspectOutbox(join(folder, OUTBOX)),
    leftovers: journals.flatMap(({ leftovers }) => leftovers),
    sizes: {
      journalBytes: sum(journals.flatMap(({ journal }) => journal.rounds.map(({ size }) => size))),
      contentBytes: sum(blocks),
      blocks: blocks.length,
    },
  };
}

async function inspectJournal(folder: string, name: string) {
  const [, chainId = "", flContract = "", account = ""] = OWNER.exec(name) ?? [];
  const files = (await list(folder)).filter((entry) => entry.isFile()).map((entry) => entry.name);
  const records = files.filter((file) => RECORD.test(file) && !file.endsWith(".tmp"));
  const byRound = Map.groupBy(records, (file) => RECORD.exec(file)!.slice(1, 4).join("-"));
  const rounds = await Promise.all([...byRound.values()].map((names) => inspectRound(folder, names)));
  rounds.sort((a, b) => Number(BigInt(a.task) - BigInt(b.task)) || a.round - b.round);
  const leftovers = files.filter((file) => !records.includes(file)).map((file) => join(folder, file));
  return { journal: { chainId, flContract, account, rounds }, leftovers };
}

async function inspectOutbox(folder: string): Promise<TransactionInspection[]> {
  const found: TransactionInspection[] = [];
  for (const owner of await list(folder)) {
    const [, chainId, account] = KEY.exec(owner.name) ?? [];
    if (chainId === undefined || account === undefined) continue;
    for (const { name } of await list(join(folder, owner.name))) {
      const [, digits] = OUTBOX_RECORD.exec(name) ?? [];
      if (digits === undefined) continue;
      const text = await readFile(join(folder, owner.name, name), "utf8").catch(() => undefined);
      if (text === undefined) continue; // a running node has just forgotten it
      const nonce = Number(digits);
      const record = decodeRecord(text);
      const none = { call: "?", state: "torn", hash: undefined, copies: 0 } as const;
      const { call, state, attempts, inclusion } = record ?? { ...none, attempts: [], inclusion: undefined };
      const hash = inclusion?.hash ?? attempts.at(-1)?.hash;
      found.push({ chainId, account, nonce, call, state, hash, copies: attempts.length });
    }
  }
  return found.sort((a, b) => a.account.localeCompare(b.account) || a.nonce - b.nonce);
}

async function inspectRound(folder: string, names: readonly string[]): Promise<RoundInspection> {
  const [, task = "", round = ""] = RECORD.exec(names[0]!) ?? [];
  const kinds = new Map(names.map((name) => [RECORD.exec(name)![4]!, join(folder, name)]));
  const update = kinds.get("update.json");
  const verdicts = [...kinds].flatMap(([kind, path]) => {
    const attempt = VERDICT.exec(kind)?.[1];
    return attempt === undefined ? [] : [{ attempt: Number(attempt), path }];
  });
  return {
    task,
    round: Number(round),
    update: update === undefined ? undefined : await stateOf(update),
    verdicts: await Promise.all(verdicts.map(async ({ attempt, path }) => ({ attempt, state: await stateOf(path) }))),
    hasPlant: kinds.has("plant.json"),
    hasRelayRecord: kinds.has("relay.json"),
    size: sum(await Promise.all([...kinds.values()].map(sizeOf))),
  };
}

async function stateOf(path: string): Promise<RecordState> {
  try {
    const record = JSON.parse(await readFile(path, "utf8")) as { readonly salt?: unknown } | null;
    return typeof record?.salt === "string" ? "salt kept" : "torn";
  } catch {
    return "torn";
  }
}

async function sizesBelow(folder: string): Promise<number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => sizeOf(join(parentPath, name))),
  );
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0; // a running node may just have removed it
}

async function list(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
