/**
 * The life of one transaction: prepared → signed → sent → included → final. Pure: no clock, no network, no disk.
 *
 * The nonce and the call never change from `prepared` on. What may come is a dearer copy of the same call under the same
 * nonce, so of all that was ever signed here at most one is mined. A block that is taken back leads to `signed` again: the
 * same bytes go out once more.
 */
import type { Address, Hash, Hex } from "viem";

export const TRANSACTION_STATES = ["prepared", "signed", "sent", "included", "final"] as const;
export type TransactionState = (typeof TRANSACTION_STATES)[number];

/** What a unit of gas may cost. Unit: wei. A chain without EIP-1559 knows no tip: both are its gas price there. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** One signed copy. */
export interface Attempt extends Fees {
  readonly hash: Hash;
  /** What leaves the machine. */
  readonly raw: Hex;
}

export interface Inclusion {
  /** Which of the copies was mined. */
  readonly hash: Hash;
  readonly blockHash: Hash;
  readonly blockNumber: bigint;
  readonly status: "success" | "reverted";
}

/** A call that is to be sent. */
export interface PreparedCall {
  readonly nonce: number;
  /** For people: `flContract.commitUpdate`. */
  readonly call: string;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
  readonly type: "eip1559" | "legacy";
}

export interface TransactionRecord extends PreparedCall {
  readonly state: TransactionState;
  /** In the order in which they were signed, each dearer than the one before. */
  readonly attempts: readonly Attempt[];
  /** There from `included` on. */
  readonly inclusion?: Inclusion;
}

/** By how much a copy must be dearer to take the other's place: 10 % in the pools of geth, Nethermind and Reth, and some to spare. Unit: thousandths. */
export const BUMP_THOUSANDTHS = 125n;

export function prepared(call: PreparedCall): TransactionRecord {
  return { ...call, state: "prepared", attempts: [] };
}

/** The first copy, or a dearer one in place of one that is not mined. */
export function signed(record: TransactionRecord, attempt: Attempt): TransactionRecord {
  require_(record, ["prepared", "signed", "sent"], "signed");
  const last = record.attempts.at(-1);
  if (last !== undefined && !isBump(last, attempt)) throw new TypeError(`nonce ${record.nonce}: no raise of 12.5 %`);
  return { ...record, state: "signed", attempts: [...record.attempts, attempt] };
}

/** An RPC has it, or may have. Sent again it stays as it is. */
export function sent(record: TransactionRecord): TransactionRecord {
  require_(record, ["signed", "sent"], "sent");
  return { ...record, state: "sent" };
}

/** Mined, in this block or, after a reorganisation, in another one. What was signed and never seen leaving may be mined, too. */
export function included(record: TransactionRecord, inclusion: Inclusion): TransactionRecord {
  require_(record, ["signed", "sent", "included"], "included");
  if (!record.attempts.some(({ hash }) => hash === inclusion.hash)) {
    throw new TypeError(`nonce ${record.nonce}: ${inclusion.hash} was not signed here`);
  }
  return { ...record, state: "included", inclusion };
}

/** The chain took its block back: the same bytes are due once more. */
export function takenBack(record: TransactionRecord): TransactionRecord {
  require_(record, ["included"], "signed");
  const { inclusion: _, ...rest } = record;
  return { ...rest, state: "signed" };
}

/** Its block can't be taken back any more. */
export function final(record: TransactionRecord): TransactionRecord {
  require_(record, ["included"], "final");
  return { ...record, state: "final" };
}

function require_({ nonce, state }: TransactionRecord, from: readonly TransactionState[], to: TransactionState): void {
  if (!from.includes(state)) throw new TypeError(`nonce ${nonce}: ${state} does not lead to ${to}`);
}

/** @returns whether it may be mined and is not yet, as far as this record knows. */
export function isInFlight({ state }: TransactionRecord): boolean {
  return state === "signed" || state === "sent";
}

/** @returns whether `to` is dear enough for pools to take it in the place of `from`. */
export function isBump(from: Fees, to: Fees): boolean {
  const least = raised(from);
  return to.maxFeePerGas >= least.maxFeePerGas && to.maxPriorityFeePerGas >= least.maxPriorityFeePerGas;
}

/**
 * @returns the fees of the next copy: 12.5 % more than the last, or what the chain asks now where that is more;
 *   `undefined` when the cap leaves no room for that.
 */
export function bumped(last: Fees, market: Fees, capWei: bigint): Fees | undefined {
  const least = raised(last);
  if (least.maxFeePerGas > capWei) return undefined;
  const wanted = larger(least.maxFeePerGas, market.maxFeePerGas);
  const maxFeePerGas = wanted > capWei ? capWei : wanted;
  const tip = larger(least.maxPriorityFeePerGas, market.maxPriorityFeePerGas);
  if (least.maxPriorityFeePerGas > maxFeePerGas) return undefined;
  return { maxFeePerGas, maxPriorityFeePerGas: tip > maxFeePerGas ? maxFeePerGas : tip };
}

/** 12.5 % more, rounded up; at least 1 wei, for 0 would stay 0. */
function raised({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees {
  const raise = (wei: bigint): bigint => larger(wei + 1n, (wei * (1_000n + BUMP_THOUSANDTHS) + 999n) / 1_000n);
  return { maxFeePerGas: raise(maxFeePerGas), maxPriorityFeePerGas: raise(maxPriorityFeePerGas) };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * The next nonce of the key, whose only owner this record is: above all that were signed here, and never below the chain's.
 *
 * Signed and not mined counts as used, whatever became of it: its bytes may lie in a pool.
 *
 * @param minedNonce how many of the account the chain has mined
 */
export function nextNonce(records: Iterable<TransactionRecord>, minedNonce: number): number {
  let next = minedNonce;
  for (const { nonce, state } of records) if (state !== "prepared") next = Math.max(next, nonce + 1);
  return next;
}

const SCHEMA = "cairn/transaction/v1";

/** As it stands on disk. */
export function encodeRecord(record: TransactionRecord): string {
  return JSON.stringify({ schema: SCHEMA, ...record }, (_, value) => (typeof value === "bigint" ? `${value}` : value));
}

/** @returns the record; `undefined` when `text` is none. */
export function decodeRecord(text: string): TransactionRecord | undefined {
  try {
    const { schema, ...value } = JSON.parse(text) as Record<string, unknown>;
    if (schema !== SCHEMA || !isCall(value)) return undefined;
    const attempts = (value.attempts as readonly Record<string, unknown>[]).map(readAttempt);
    const { state, inclusion } = value as { readonly state: TransactionState; readonly inclusion?: Inclusion };
    const isMined = state === "included" || state === "final";
    if (!TRANSACTION_STATES.includes(state) || (attempts.length === 0) !== (state === "prepared")) return undefined;
    if (isMined !== (inclusion !== undefined)) return undefined;
    const base = { ...(value as unknown as TransactionRecord), gas: BigInt(value.gas as string), attempts };
    if (inclusion === undefined) return base;
    if (!attempts.some(({ hash }) => hash === inclusion.hash)) return undefined;
    return { ...base, inclusion: { ...inclusion, blockNumber: BigInt(inclusion.blockNumber) } };
  } catch {
    return undefined;
  }
}

function isCall({ nonce, call, to, data, gas, type, attempts }: Record<string, unknown>): boolean {
  const isText = [call, to, data, gas].every((field) => typeof field === "string");
  return Number.isSafeInteger(nonce) && isText && (type === "eip1559" || type === "legacy") && Array.isArray(attempts);
}

function readAttempt({ hash, raw, maxFeePerGas, maxPriorityFeePerGas }: Record<string, unknown>): Attempt {
  if (typeof hash !== "string" || typeof raw !== "string") throw new TypeError("no attempt");
  const fees = {
    maxFeePerGas: BigInt(maxFeePerGas as string),
    maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas as string),
  };
  return { hash: hash as Hash, raw: raw as Hex, ...fees };
}
