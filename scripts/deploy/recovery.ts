/**
 * Settles what an interrupted run left open: a transaction that Ignition was about to send and never heard of again.
 *
 * Ignition itself stops there and asks for a hash. Here every hash is noted before its transaction goes out, so that the chain
 * can be asked; and what was never sent, such as one that a hardware wallet refused, is simply sent again.
 */
import { existsSync } from "node:fs";
import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EIP1193Provider, trackTransaction } from "@nomicfoundation/ignition-core";
import { DeployError } from "./deployError.ts";
import type { Rpc } from "./jsonRpc.ts";

interface JournalLine {
  readonly text: string;
  readonly type?: string;
  readonly futureId?: string;
  readonly networkInteractionId?: number;
  readonly nonce?: number;
}

/** Remembers that a transaction with this nonce and hash is about to go out. */
export async function noteBroadcast(journal: string, nonce: number, hash: string): Promise<void> {
  await appendFile(join(journal, "broadcast.jsonl"), `${JSON.stringify({ nonce, hash })}\n`);
}

/**
 * @param tracked a hash that the operator gives: of a transaction sent, or replaced, elsewhere.
 * @throws {DeployError} `DEPLOY_UNKNOWN_TRANSACTION` when the nonce is used and nobody noted by what
 */
export async function settleOpenTransactions(
  journal: string,
  { rpc, address, tracked }: { readonly rpc: Rpc; readonly address: string; readonly tracked?: string | undefined },
): Promise<void> {
  if (!existsSync(join(journal, "journal.jsonl"))) return;
  const track = (hash: string): Promise<void> =>
    trackTransaction(journal, hash, rpc as EIP1193Provider) as Promise<void>;
  if (tracked !== undefined) await track(tracked);
  for (const open of await openTransactions(journal)) {
    const hash = await broadcastHash(journal, rpc, open.nonce ?? -1);
    if (hash !== undefined) {
      await track(hash);
      continue;
    }
    const used = Number(await rpc.request({ method: "eth_getTransactionCount", params: [address, "pending"] }));
    if (used > (open.nonce ?? -1)) {
      const detail = { code: "DEPLOY_UNKNOWN_TRANSACTION", address, nonce: open.nonce ?? -1 } as const;
      throw new DeployError(detail, `${address} has used nonce ${open.nonce}, and the journal doesn't say for what`);
    }
    await forget(journal, open);
  }
}

/** Those that Ignition prepared and did not note as sent. */
async function openTransactions(journal: string): Promise<readonly JournalLine[]> {
  const open = new Map<string, JournalLine>();
  for (const line of await readJournal(journal)) {
    const key = `${line.futureId}/${line.networkInteractionId}`;
    if (line.type === "TRANSACTION_PREPARE_SEND") open.set(key, line);
    if (line.type === "TRANSACTION_SEND") open.delete(key);
  }
  return [...open.values()];
}

/** @returns the hash that went out with this nonce, when the chain knows it. */
async function broadcastHash(journal: string, rpc: Rpc, nonce: number): Promise<string | undefined> {
  const file = join(journal, "broadcast.jsonl");
  if (!existsSync(file)) return undefined;
  const notes = (await readFile(file, "utf8")).split("\n").filter((line) => line.endsWith("}")); // the last may be cut
  for (const { nonce: noted, hash } of notes.map((line) => JSON.parse(line) as { nonce: number; hash: string })) {
    if (noted !== nonce) continue;
    if ((await rpc.request({ method: "eth_getTransactionByHash", params: [hash] })) !== null) return hash;
  }
  return undefined;
}

/** Takes the preparation out of the journal, so that Ignition prepares it anew. */
async function forget(journal: string, { text }: JournalLine): Promise<void> {
  const file = join(journal, "journal.jsonl");
  const kept = (await readJournal(journal)).filter((line) => line.text !== text).map((line) => line.text);
  await writeFile(`${file}.tmp`, `\n${kept.join("\n")}`);
  await rename(`${file}.tmp`, file);
}

async function readJournal(journal: string): Promise<readonly JournalLine[]> {
  const lines = (await readFile(join(journal, "journal.jsonl"), "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((text) => ({ ...(JSON.parse(text) as object), text }));
}
