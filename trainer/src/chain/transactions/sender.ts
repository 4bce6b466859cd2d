/**
 * The only owner of a key's nonces: prepares, signs, keeps, sends, follows and, where it must, sends the same bytes again.
 *
 * Everything signed is kept before it leaves. What is not mined is sent again as it is, dearer after a while, and never
 * under another nonce; a block that is taken back leads to the same. Nothing else goes out while a transaction of an
 * earlier process, or one that nobody waits for any more, is on its way. What each state means is `transactionRecord.ts`.
 *
 * Longer than 300 lines: one loop moves all records, and its parts share what they know of each.
 */
import {
  type Address,
  BlockNotFoundError,
  type Hex,
  keccak256,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { decodeRevert } from "../../protocol/revert.ts";
import { ChainError, isDefiniteRefusal } from "../chainError.ts";
import { pause } from "../deadline.ts";
import type { ChainNotice } from "../notice.ts";
import * as states from "./transactionRecord.ts";
import { type Fees, isInFlight, type TransactionRecord } from "./transactionRecord.ts";
import type { TransactionStore } from "./transactionStore.ts";

export interface SenderOptions {
  readonly client: PublicClient;
  readonly account: LocalAccount;
  readonly chainId: number;
  readonly isLocal: boolean;
  readonly store: TransactionStore;
  /** How often what is on its way is looked for. Unit: milliseconds. */
  readonly pollingMs: number;
  /** Most that a unit of gas may cost, tip included. Unit: wei. */
  readonly maxFeeWei: bigint;
  /** How long a copy waits before a dearer one goes out. Unit: milliseconds. */
  readonly bumpAfterMs: number;
  /** Ends the looking; what is on its way stays in the store. */
  readonly signal: AbortSignal;
  /** @returns whether the endpoints agree that this block is the chain's. */
  readonly isAgreed: (block: { readonly number: bigint; readonly hash: Hex }) => Promise<boolean>;
  readonly onNotice: (notice: ChainNotice) => void;
}

export interface Outgoing {
  readonly call: string;
  readonly to: Address;
  readonly data: Hex;
  readonly overlaps: boolean;
  /** Asks the chain what it takes now, headroom included; throws where the call would be refused. */
  readonly estimate: () => Promise<bigint>;
}

export interface Handed {
  readonly nonce: number;
  /** The receipt, however late. */
  readonly included: Promise<TransactionReceipt>;
}

export interface Sender {
  /** @returns when the transaction is kept and has been offered to the chain. @throws before anything was signed, or {ChainError} */
  handOver(outgoing: Outgoing, signal: AbortSignal): Promise<Handed>;
  /** Nobody waits for it any more: everything else waits until it is mined. */
  abandon(nonce: number): void;
  /** Why it is not mined, as far as that is known. */
  reasonOf(nonce: number): unknown;
  records(): readonly TransactionRecord[];
}

/** Depth at which a block counts as final where the chain does not say so. Unit: blocks. Source: two epochs of Ethereum. */
export const FINAL_DEPTH = 64n;

/** The same bytes are offered again this often. Unit: milliseconds. */
const RESEND_MS = { local: 1_000, other: 15_000 } as const;

/** An RPC answers from several machines, and one may be behind. Unit: milliseconds. */
const PATIENCE_MS = { local: 15_000, other: 90_000 } as const;

/** What was taken back waits so long for its phase to come again; then it goes out, for it may lie in a pool. Unit: milliseconds. */
const HOLD_MS = { local: 30_000, other: 180_000 } as const;

/** How often the head is looked at while nothing is on its way. Unit: milliseconds. */
const IDLE_MS = { local: 500, other: 12_000 } as const;

interface Watch {
  attemptedMs: number;
  sentMs: number;
  takenSinceMs: number | undefined;
  error: unknown;
  isCapped: boolean;
  /** Taken back: until then it goes out only once the chain would not refuse it. Unit: milliseconds. */
  heldUntilMs: number;
  readonly waiters: ((outcome: TransactionReceipt | Error) => void)[];
}

export function createSender(options: SenderOptions): Sender {
  const sender = new KeySender(options);
  return {
    handOver: (outgoing, signal) => sender.handOver(outgoing, signal),
    abandon: (nonce) => sender.abandon(nonce),
    reasonOf: (nonce) => sender.reasonOf(nonce),
    records: () => sender.all(),
  };
}

class KeySender {
  readonly #options: SenderOptions;
  readonly #where: "local" | "other";
  readonly #records = new Map<number, TransactionRecord>();
  readonly #watches = new Map<number, Watch>();
  /** On its way, and nobody waits: an earlier process sent it, or it took too long, or its block was taken back. */
  readonly #orphans = new Set<number>();
  #owning: Promise<void> | undefined;
  #users = 0;
  #isPumping = false;
  /** Ends the pump's rest. */
  #wake: () => void = () => {};
  #head: Hex | undefined;
  #hasFinality = true;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#where = options.isLocal ? "local" : "other";
  }

  all(): TransactionRecord[] {
    return [...this.#records.values()].sort((a, b) => a.nonce - b.nonce);
  }

  abandon(nonce: number): void {
    const record = this.#records.get(nonce);
    if (record !== undefined && isInFlight(record)) this.#orphans.add(nonce);
  }

  reasonOf(nonce: number): unknown {
    return this.#watches.get(nonce)?.error;
  }

  async handOver(outgoing: Outgoing, signal: AbortSignal): Promise<Handed> {
    await this.#own(signal);
    try {
      const ready = await this.#ready(outgoing, signal);
      if ("nonce" in ready) return this.#handed(ready.nonce); // a process before this one sent the very call, or a block gave it back
      const { minedNonce, gas, type, fees } = ready;
      const { call, to, data } = outgoing;
      const nonce = states.nextNonce(this.#records.values(), minedNonce);
      await this.#keep(states.prepared({ nonce, call, to, data, gas, type }));
      await this.#sign(nonce, fees);
      const handed = this.#handed(nonce);
      await this.#offer(nonce);
      this.#wake(); // it may be mined already
      return handed;
    } finally {
      this.#leave();
    }
  }

  /**
   * Looks for what was taken back after the chain was asked, too: a chain that would take a call once more may just have
   * given it back, and then the same bytes are due and not another nonce.
   *
   * @returns the nonce of the very call where it is on its way, else what to sign
   */
  async #ready({ to, data, overlaps, estimate }: Outgoing, signal: AbortSignal) {
    for (;;) {
      const same = this.#inFlight().find((one) => one.to === to && one.data === data);
      if (same !== undefined) return { nonce: same.nonce };
      await this.#untilClear(overlaps, signal);
      const minedNonce = await this.#untilOwnPool(signal);
      const gas = await estimate();
      const fees = await this.#fees();
      await this.#recheck();
      signal.throwIfAborted();
      if (!this.#inFlight().some(({ nonce }) => !overlaps || this.#orphans.has(nonce)))
        return { minedNonce, gas, ...fees };
    }
  }

  #handed(nonce: number): Handed {
    const watch = this.#watch(nonce);
    this.#orphans.delete(nonce);
    const included = new Promise<TransactionReceipt>((resolve, reject) => {
      watch.waiters.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    });
    included.catch(() => {}); // whoever waits sees it; nobody may
    this.#pump();
    return { nonce, included };
  }

  #watch(nonce: number): Watch {
    let watch = this.#watches.get(nonce);
    if (watch === undefined) {
      const nowMs = performance.now();
      const none = { error: undefined, takenSinceMs: undefined, isCapped: false, heldUntilMs: 0 };
      watch = { attemptedMs: nowMs, sentMs: Number.NEGATIVE_INFINITY, waiters: [], ...none };
      this.#watches.set(nonce, watch);
    }
    return watch;
  }

  // ---- who owns the key

  async #own(signal: AbortSignal): Promise<void> {
    this.#users++;
    try {
      this.#owning ??= this.#takeOver(signal);
      await this.#owning;
    } catch (error) {
      this.#owning = undefined;
      this.#users--;
      if (this.#users === 0) await this.#options.store.disown().catch(() => {}); // such as a torn record: others may mend it
      throw error;
    }
  }

  async #takeOver(signal: AbortSignal): Promise<void> {
    const { store, client, chainId, account } = this.#options;
    const genesis = async (): Promise<Hex> => (await client.getBlock({ blockNumber: 0n })).hash;
    const kept = await store.own({ chainId, genesisHash: genesis, account: account.address }, signal);
    for (const nonce of this.#records.keys()) if (!kept.some((one) => one.nonce === nonce)) this.#drop(nonce);
    for (const record of kept) {
      if (record.state === "prepared")
        await store.remove(record.nonce); // nothing of it was signed
      else this.#records.set(record.nonce, record);
      if (isInFlight(record)) this.#orphans.add(record.nonce);
    }
    this.#pump();
  }

  #leave(): void {
    this.#users--;
    this.#disownIfIdle();
  }

  #disownIfIdle(): void {
    if (this.#users > 0 || this.#owning === undefined || this.#inFlight().length > 0) return;
    this.#owning = undefined;
    this.#options.store.disown().catch(() => {});
  }

  #inFlight(): TransactionRecord[] {
    return this.all().filter(isInFlight);
  }

  /** Until nothing is on its way that this call must not overtake. */
  async #untilClear(overlaps: boolean, signal: AbortSignal): Promise<void> {
    const isInTheWay = ({ nonce }: TransactionRecord): boolean => !overlaps || this.#orphans.has(nonce);
    while (this.#inFlight().some(isInTheWay)) {
      await pause(this.#options.pollingMs, signal);
      signal.throwIfAborted();
    }
  }

  /**
   * Until the pool holds nothing of the account that was not signed here: another machine with this key, or a process that
   * kept nothing. Under the next nonce the same duty would be mined twice, and refused at best.
   *
   * @returns how many of the account are mined
   */
  async #untilOwnPool(signal: AbortSignal): Promise<number> {
    const { client, account, pollingMs } = this.#options;
    const { address } = account;
    for (;;) {
      const [mined, all] = await Promise.all([
        client.getTransactionCount({ address, blockTag: "latest" }),
        client.getTransactionCount({ address, blockTag: "pending" }),
      ]);
      if (all <= states.nextNonce(this.#records.values(), mined)) return mined;
      await pause(pollingMs, signal);
      signal.throwIfAborted();
    }
  }

  // ---- signing and sending

  /** @throws {ChainError} `CHAIN_FEE_CAP_REACHED` where a transaction could not be mined now for what it may cost */
  async #fees(): Promise<{ readonly type: TransactionRecord["type"]; readonly fees: Fees }> {
    const { maxFeeWei } = this.#options;
    const { type, fees, needed } = await this.#market();
    if (needed > maxFeeWei) throw feeCap(needed, maxFeeWei);
    const least = (wei: bigint): bigint => (wei > maxFeeWei ? maxFeeWei : wei);
    return {
      type,
      fees: { maxFeePerGas: least(fees.maxFeePerGas), maxPriorityFeePerGas: least(fees.maxPriorityFeePerGas) },
    };
  }

  /** What the chain asks now. `needed` is without the room for a base fee that rises. */
  async #market() {
    const { client } = this.#options;
    const { baseFeePerGas } = await client.getBlock();
    if (baseFeePerGas === null || baseFeePerGas === undefined) {
      const price = await client.getGasPrice();
      const fees: Fees = { maxFeePerGas: price, maxPriorityFeePerGas: price };
      return { type: "legacy", fees, needed: price } as const;
    }
    const fees = await client.estimateFeesPerGas({ type: "eip1559", chain: client.chain });
    return { type: "eip1559", fees, needed: baseFeePerGas + fees.maxPriorityFeePerGas } as const;
  }

  async #sign(nonce: number, fees: Fees): Promise<void> {
    const { account, chainId } = this.#options;
    const { to, data, gas, type } = this.#records.get(nonce)!;
    const { maxFeePerGas, maxPriorityFeePerGas } = fees;
    const common = { chainId, nonce, to, data, gas };
    const raw = await account.signTransaction(
      type === "legacy"
        ? { ...common, type, gasPrice: maxFeePerGas }
        : { ...common, type, maxFeePerGas, maxPriorityFeePerGas },
    );
    const attempt = { ...fees, hash: keccak256(raw), raw };
    const record = this.#records.get(nonce)!;
    if (record.state !== "prepared" && !isInFlight(record)) return; // mined meanwhile
    await this.#keep(states.signed(record, attempt));
    this.#watch(nonce).attemptedMs = performance.now();
  }

  /** On disk first; only then does anybody here know of it. @throws {NodeError} `NODE_DISK_FAILED` */
  async #keep(record: TransactionRecord): Promise<void> {
    await this.#options.store.put(record);
    this.#records.set(record.nonce, record);
  }

  /** What was seen since: worth keeping, and told by the chain again should the disk not take it now. */
  async #note(record: TransactionRecord): Promise<void> {
    this.#records.set(record.nonce, record);
    await this.#options.store.put(record).catch(() => {});
  }

  /** Sends the newest copy, whoever may have it already. @throws what a chain says that can never have taken it */
  async #offer(nonce: number): Promise<void> {
    const watch = this.#watch(nonce);
    const record = this.#records.get(nonce)!;
    watch.sentMs = performance.now();
    try {
      await this.#options.client.sendRawTransaction({ serializedTransaction: record.attempts.at(-1)!.raw });
    } catch (error) {
      watch.error = error;
      const isNew = record.state === "signed" && record.attempts.length === 1 && record.inclusion === undefined;
      if (!isNew || !isDefiniteRefusal(error)) return; // it may have been taken all the same
      await this.#options.store.remove(nonce);
      this.#settle(nonce, error as Error);
      this.#drop(nonce);
      throw error;
    }
    const now = this.#records.get(nonce);
    if (now !== undefined && isInFlight(now)) await this.#note(states.sent(now));
  }

  #drop(nonce: number): void {
    this.#records.delete(nonce);
    this.#watches.delete(nonce);
    this.#orphans.delete(nonce);
  }

  #settle(nonce: number, outcome: TransactionReceipt | Error): void {
    const waiters = this.#watches.get(nonce)?.waiters.splice(0) ?? [];
    for (const tell of waiters) tell(outcome);
  }

  // ---- following

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#follow().finally(() => {
      this.#isPumping = false;
    });
  }

  /** Until all is final, or the connection ends. */
  async #follow(): Promise<void> {
    const { pollingMs, signal } = this.#options;
    while (!signal.aborted && this.all().some((one) => isInFlight(one) || one.state === "included")) {
      const open = this.#inFlight();
      try {
        for (const { nonce } of open) await this.#move(nonce);
        await this.#recheck();
      } catch {} // no answer, or no disk: all of it is looked at again
      this.#disownIfIdle();
      const waitMs = open.length > 0 ? pollingMs : Math.max(pollingMs, IDLE_MS[this.#where]);
      await this.#rest(waitMs, signal);
    }
  }

  /** As `pause`, but keeps no process alive that is done with everything else, and is over when there is something new. */
  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      (timer as { readonly unref?: () => void }).unref?.(); // a tab's timers are numbers
      signal.addEventListener("abort", done, { once: true });
      this.#wake = done;
    });
  }

  /** One look at a transaction on its way. */
  async #move(nonce: number): Promise<void> {
    const { bumpAfterMs } = this.#options;
    const record = this.#records.get(nonce);
    if (record === undefined || !isInFlight(record)) return;
    const receipt = await this.#receipt(record);
    if (receipt !== undefined) return this.#mined(nonce, receipt);
    const watch = this.#watch(nonce);
    const nowMs = performance.now();
    if (nowMs - watch.sentMs < RESEND_MS[this.#where]) return;
    if (await this.#isTaken(record, watch)) return;
    if (nowMs < watch.heldUntilMs && !(await this.#isWelcome(record))) return;
    if (nowMs - watch.attemptedMs >= bumpAfterMs) await this.#bump(record, watch);
    await this.#offer(nonce);
  }

  async #mined(nonce: number, receipt: TransactionReceipt): Promise<void> {
    const record = this.#records.get(nonce)!;
    const { transactionHash: hash, blockHash, blockNumber, status } = receipt;
    this.#orphans.delete(nonce);
    this.#head = undefined; // a block as it was before may be the head again
    await this.#note(states.included(record, { hash, blockHash, blockNumber, status }));
    this.#settle(nonce, receipt);
  }

  /** @returns the receipt of whichever copy was mined, in a block that is agreed on. */
  async #receipt({ attempts }: TransactionRecord): Promise<TransactionReceipt | undefined> {
    const { client, isAgreed } = this.#options;
    for (const { hash } of attempts.toReversed()) {
      const receipt = await client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined;
        throw error;
      });
      if (receipt === undefined) continue;
      const { blockNumber: number, blockHash } = receipt;
      if (await isAgreed({ number, hash: blockHash })) return { ...receipt, transactionHash: hash };
    }
    return undefined;
  }

  /** Whether another transaction was mined under the nonce: somebody else signs with this key. Then it is given up. */
  async #isTaken(record: TransactionRecord, watch: Watch): Promise<boolean> {
    const { client, account, store, onNotice } = this.#options;
    const mined = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
    if (mined <= record.nonce) watch.takenSinceMs = undefined;
    else watch.takenSinceMs ??= performance.now();
    const { takenSinceMs } = watch;
    if (takenSinceMs === undefined || performance.now() - takenSinceMs < PATIENCE_MS[this.#where]) return false;
    const { nonce, call } = record;
    const error = new ChainError(
      { code: "CHAIN_NONCE_TAKEN", nonce, call },
      `${call} had nonce ${nonce}, and something else of this account was mined under it`,
    );
    await store.remove(nonce);
    this.#settle(nonce, error);
    this.#drop(nonce);
    onNotice({ code: error.code, message: error.message });
    return true;
  }

  /** Whether the chain would take the call now: an opening whose phase was taken back, too, would be mined and refused. */
  async #isWelcome({ to, data }: TransactionRecord): Promise<boolean> {
    try {
      await this.#options.client.call({ account: this.#options.account, to, data });
      return true;
    } catch (error) {
      if (decodeRevert(error) === undefined) throw error;
      return false;
    }
  }

  async #bump(record: TransactionRecord, watch: Watch): Promise<void> {
    const { maxFeeWei, onNotice } = this.#options;
    const last = record.attempts.at(-1)!;
    const { fees: market } = await this.#market();
    const fees = states.bumped(last, market, maxFeeWei);
    if (fees !== undefined) return this.#sign(record.nonce, fees);
    if (watch.isCapped) return;
    watch.isCapped = true;
    const { code, message } = feeCap(last.maxFeePerGas, maxFeeWei);
    watch.error ??= feeCap(last.maxFeePerGas, maxFeeWei);
    onNotice({ code, message: `${record.call} (nonce ${record.nonce}): ${message}` });
  }

  /** At each head: is what was mined still there, and is it final? */
  async #recheck(): Promise<void> {
    const open = this.all().filter(({ state }) => state === "included");
    if (open.length === 0) return;
    const { client } = this.#options;
    const head = await client.getBlock();
    if (head.hash === this.#head) return;
    if (!(await this.#stands(open))) for (const { nonce } of open) await this.#recheckOne(nonce);
    const finalBlock = await this.#finalBlock(head.number);
    for (const record of this.all()) {
      if (record.state !== "included" || record.inclusion!.blockNumber > finalBlock) continue;
      this.#records.set(record.nonce, states.final(record)); // nothing can become of it any more: nobody needs it
      await this.#options.store.remove(record.nonce);
      this.#drop(record.nonce);
    }
    this.#head = head.hash;
  }

  /** Whether the newest block with one of them is still the chain's, and with it all blocks before. */
  async #stands(open: readonly TransactionRecord[]): Promise<boolean> {
    const newest = open.map(({ inclusion }) => inclusion!).reduce((a, b) => (a.blockNumber > b.blockNumber ? a : b));
    const { client } = this.#options;
    const block = await client.getBlock({ blockNumber: newest.blockNumber }).catch((error: unknown) => {
      if (error instanceof BlockNotFoundError) return undefined;
      throw error;
    });
    return block?.hash === newest.blockHash;
  }

  async #recheckOne(nonce: number): Promise<void> {
    const record = this.#records.get(nonce);
    if (record?.state !== "included") return;
    const receipt = await this.#receipt(record);
    if (receipt !== undefined) {
      if (receipt.blockHash !== record.inclusion?.blockHash) await this.#mined(nonce, receipt);
      return;
    }
    await this.#own(this.#options.signal); // another process may be at it
    try {
      const now = this.#records.get(nonce);
      if (now?.state !== "included") return;
      this.#orphans.add(nonce);
      const nowMs = performance.now();
      const heldUntilMs = nowMs + HOLD_MS[this.#where];
      Object.assign(this.#watch(nonce), { attemptedMs: nowMs, sentMs: Number.NEGATIVE_INFINITY, heldUntilMs });
      await this.#note(states.takenBack(now));
    } finally {
      this.#leave();
    }
  }

  async #finalBlock(head: bigint): Promise<bigint> {
    const { client, isLocal } = this.#options;
    if (this.#hasFinality && !isLocal) {
      try {
        return (await client.getBlock({ blockTag: "finalized" })).number;
      } catch {
        this.#hasFinality = false;
      }
    }
    return head > FINAL_DEPTH ? head - FINAL_DEPTH : -1n;
  }
}

function feeCap(neededWei: bigint, maxFeeWei: bigint): ChainError {
  const gwei = (wei: bigint): string => `${Number(wei) / 1e9} gwei`;
  return new ChainError(
    { code: "CHAIN_FEE_CAP_REACHED", neededWei: `${neededWei}`, maxFeeWei: `${maxFeeWei}` },
    `a unit of gas costs ${gwei(neededWei)} or more, and may cost ${gwei(maxFeeWei)} at most`,
  );
}
