/**
 * The only owner of a key's nonces: prepares, signs, keeps, sends, follows and, where it must, sends the same bytes again.
 *
 * Everything signed is kept before it leaves. What is not mined is sent again as it is, dearer after a while, and never
 * under another nonce; a block that is taken back leads to the same. Nothing else goes out while a transaction of an
 * earlier process, or one that nobody waits for any more, is on its way. What each state means is `transactionRecord.ts`.
 */
import type { Address, Hex, LocalAccount, TransactionReceipt } from "viem";
import { isTagged } from "../../protocol/errors.ts";
import { ChainError } from "../chainError.ts";
import { pause } from "../deadline.ts";
import type { ChainNotice } from "../notice.ts";
import { capped, marketFees } from "./fees.ts";
import { createInclusion, type Inclusion } from "./inclusion.ts";
import type { KeyChain } from "./keyChain.ts";
import { KeyRecords } from "./keyRecords.ts";
import { createOwnership, type Ownership } from "./ownership.ts";
import { createPump, type Pump } from "./pump.ts";
import { createResending } from "./resending.ts";
import { createSigning, type Signing } from "./signing.ts";
import type { TransactionRecord } from "./transactionRecord.ts";
import * as states from "./transactionRecord.ts";
import type { TransactionStore } from "./transactionStore.ts";

export interface SenderOptions {
  readonly chain: KeyChain;
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
  /**
   * @returns when the transaction is kept and has been offered to the chain.
   * @throws before anything was signed, or {ChainError} `CHAIN_SENDER_FAILED` for a mistake of this program
   */
  handOver(outgoing: Outgoing, signal: AbortSignal): Promise<Handed>;
  /** Nobody waits for it any more: everything else waits until it is mined. */
  abandon(nonce: number): void;
  /** Why it is not mined, as far as that is known. */
  reasonOf(nonce: number): unknown;
  records(): readonly TransactionRecord[];
}

/** The same bytes are offered again this often. Unit: milliseconds. */
const RESEND_MS = { local: 1_000, other: 15_000 } as const;

/** An RPC answers from several machines, and one may be behind. Unit: milliseconds. */
const PATIENCE_MS = { local: 15_000, other: 90_000 } as const;

/** What was taken back waits so long for its phase to come again. Unit: milliseconds. */
const HOLD_MS = { local: 30_000, other: 180_000 } as const;

/** How often the head is looked at while nothing is on its way. Unit: milliseconds. */
const IDLE_MS = { local: 500, other: 12_000 } as const;

export function createSender(options: SenderOptions): Sender {
  const sender = new KeySender(options);
  return {
    handOver: (outgoing, signal) => sender.handOver(outgoing, signal),
    abandon: (nonce) => sender.abandon(nonce),
    reasonOf: (nonce) => sender.records.reasonOf(nonce),
    records: () => sender.records.all(),
  };
}

class KeySender {
  readonly records: KeyRecords;
  readonly #options: SenderOptions;
  readonly #ownership: Ownership;
  readonly #inclusion: Inclusion;
  readonly #signing: Signing;
  readonly #pump: Pump;
  /** Why the looking ended, until it begins again. */
  #failure: ChainError | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { chain, store, chainId, account, signal } = options;
    const where = options.isLocal ? "local" : "other";
    this.records = new KeyRecords(store);
    const { records } = this;
    this.#ownership = createOwnership({
      store,
      place: { chainId, genesisHash: chain.genesisHash, account: account.address },
      onOwned: async (kept) => {
        await records.load(kept);
        this.#look();
      },
      isBusy: () => records.inFlight().length > 0,
    });
    this.#inclusion = createInclusion({
      ...{ records, chain, holdMs: HOLD_MS[where] },
      owning: (work) => this.#ownership.during(work, signal),
    });
    this.#signing = createSigning({ records, chain, account, chainId });
    const lookAt = createResending({
      ...{ ...options, records, inclusion: this.#inclusion, signing: this.#signing },
      ...{ resendMs: RESEND_MS[where], patienceMs: PATIENCE_MS[where] },
    });
    this.#pump = createPump({
      signal,
      look: async () => {
        try {
          for (const { nonce } of records.inFlight()) await lookAt(nonce);
          await this.#inclusion.recheck();
        } finally {
          this.#ownership.leaveIfIdle();
        }
      },
      restMs: () => {
        if (records.inFlight().length > 0) return options.pollingMs;
        return records.all().length > 0 ? Math.max(options.pollingMs, IDLE_MS[where]) : undefined;
      },
      onBug: (error) => this.#fail(error),
    });
  }

  abandon(nonce: number): void {
    const record = this.records.get(nonce);
    if (record !== undefined && states.isInFlight(record)) this.records.orphans.add(nonce);
  }

  async handOver(outgoing: Outgoing, signal: AbortSignal): Promise<Handed> {
    try {
      return await this.#ownership.during(() => this.#send(outgoing, signal), signal);
    } catch (error) {
      throw isTagged(error) || signal.aborted ? error : senderFailure(error);
    }
  }

  async #send(outgoing: Outgoing, signal: AbortSignal): Promise<Handed> {
    const { records } = this;
    const ready = await this.#ready(outgoing, signal);
    if ("nonce" in ready) return this.#handed(ready.nonce); // a process before this one sent the very call, or a block gave it back
    const { minedCount, gas, type, fees } = ready;
    const { call, to, data } = outgoing;
    const nonce = records.nextNonce(minedCount);
    await records.keep(states.prepared({ nonce, call, to, data, gas, type }));
    await this.#signing.sign(nonce, fees);
    const handed = this.#handed(nonce);
    await this.#signing.offer(nonce);
    this.#pump.wake(); // it may be mined already
    return handed;
  }

  /**
   * Looks for what was taken back after the chain was asked, too: a chain that would take a call once more may just have
   * given it back, and then the same bytes are due and not another nonce.
   *
   * @returns the nonce of the very call where it is on its way, else what to sign
   */
  async #ready({ to, data, overlaps, estimate }: Outgoing, signal: AbortSignal) {
    const { chain, maxFeeWei } = this.#options;
    for (;;) {
      const same = this.records.inFlight().find((one) => one.to === to && one.data === data);
      if (same !== undefined) return { nonce: same.nonce };
      await this.#untilClear(overlaps, signal);
      const minedCount = await this.#untilOwnPool(signal);
      const gas = await estimate();
      const head = await chain.head();
      const costs = capped(await marketFees(chain, head), maxFeeWei);
      await this.#inclusion.recheck(head);
      signal.throwIfAborted();
      if (!this.#isBlocked(overlaps)) return { minedCount, gas, ...costs };
    }
  }

  #handed(nonce: number): Handed {
    this.records.orphans.delete(nonce);
    const included = this.records.fateOf(nonce);
    this.#look();
    return { nonce, included };
  }

  /** Whether something is on its way that a call must not overtake. */
  #isBlocked(overlaps: boolean): boolean {
    return this.records.inFlight().some(({ nonce }) => !overlaps || this.records.orphans.has(nonce));
  }

  async #untilClear(overlaps: boolean, signal: AbortSignal): Promise<void> {
    while (this.#isBlocked(overlaps)) {
      if (this.#failure !== undefined) throw this.#failure; // nobody looks at it any more
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
    const { chain, pollingMs } = this.#options;
    for (;;) {
      const { mined, known } = await chain.counts();
      if (known <= this.records.nextNonce(mined)) return mined;
      await pause(pollingMs, signal);
      signal.throwIfAborted();
    }
  }

  #look(): void {
    this.#failure = undefined;
    this.#pump.run();
  }

  /** Whoever waits learns of it, and so does the operator. What is signed stays in the store; the next call looks again. */
  #fail(cause: unknown): void {
    this.#failure = senderFailure(cause);
    const { code, message } = this.#failure;
    for (const { nonce } of this.records.inFlight()) this.records.settle(nonce, this.#failure);
    this.#options.onNotice({ code, message });
  }
}

function senderFailure(cause: unknown): ChainError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ChainError({ code: "CHAIN_SENDER_FAILED" }, `following transactions failed: ${why}`, { cause });
}
