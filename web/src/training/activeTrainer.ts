/**
 * The one training of this tab: outlives the page that started it, as long as the tab lives.
 *
 * Holds the tab's lock, database and loop together and ends them together. Pages subscribe to it; it draws nothing.
 */
import { type Chain, connectChain } from "@cairn/trainer/chain/connection";
import { decodeRevealPackage, encodeRevealPackage } from "@cairn/trainer/protocol/revealPackage";
import type { Address } from "viem";
import type { DocumentReader } from "../documents/documentReader.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { publish } from "./content.ts";
import { type Engine, startEngine } from "./engine.ts";
import { lastingEngine } from "./lastingEngine.ts";
import { createChainClock } from "./loop/chainClock.ts";
import type { Work } from "./loop/estimate.ts";
import { runTabTrainer } from "./loop/runTabTrainer.ts";
import type { Send } from "./loop/tabTrainer.ts";
import type { TrainingEvent } from "./loop/trainingEvent.ts";
import { INITIAL_STATE, reduceTraining, type TrainingState } from "./loop/trainingState.ts";
import { startMetronome } from "./metronome.ts";
import { openDatabase } from "./store/database.ts";
import { createJournal, type Journal, type KeptUpdate, type Owner } from "./store/journal.ts";
import { lockTab } from "./tabLock.ts";
import { TrainError } from "./trainError.ts";
import type { Device, OpenInput, Speed } from "./worker/trainCalls.ts";

export interface TrainerStart {
  readonly runtime: Runtime;
  readonly account: Address;
  readonly taskId: bigint;
  readonly modelId: bigint;
  /** Opened with the task's plan; closed when the training ends. */
  readonly engine: Engine;
  /** With what it was opened; opened again should its worker be lost. */
  readonly input: OpenInput;
  readonly work: Work;
  /** As measured, on what computes. */
  readonly speed: Speed;
  readonly reader: DocumentReader;
  readonly send: Send;
}

export interface TrainerSnapshot {
  readonly taskId: bigint;
  readonly account: Address;
  /** What computes, and how fast: as measured, and as it turned out once the processor has taken over. */
  readonly device: Device;
  readonly samplesPerSecond: number;
  readonly state: TrainingState;
}

interface Running {
  readonly engine: Engine;
  readonly owner: Owner;
  readonly journal: Journal;
  readonly stop: AbortController;
  readonly finish: AbortController;
}

let snapshot: TrainerSnapshot | undefined;
/** Ahead of `snapshot` by progress that is not drawn yet. */
let latest: TrainerSnapshot | undefined;
let running: Running | undefined;
let askedAgain = false;
const listeners = new Set<(event: TrainingEvent | undefined) => void>();

/** @returns the training, also after its end; `undefined` when there was none. */
export function getTrainer(): TrainerSnapshot | undefined {
  return snapshot;
}

/** @param listener told after every change, with the event that made it. @returns what ends the subscription. */
export function subscribeTrainer(listener: (event: TrainingEvent | undefined) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Weights that are fetched; far above any that a tab can train. Unit: bytes. */
const MAX_WEIGHTS_BYTES = 512 * 2 ** 20;

/** Unit: milliseconds. A round's phases last from half a minute up. */
const POLLING_MS = { local: 500, other: 4_000 } as const;
const LOCAL_CHAIN_ID = 31_337;

/** How long the chain may take to answer before the page says so. Unit: milliseconds. */
const CONNECT_MS = 15_000;

/** @returns a read-only connection to the site's contracts. @throws {ChainError} */
export function connectSite({ chain, deployedAtBlock, contracts }: Runtime, signal: AbortSignal): Promise<Chain> {
  const schema = "cairn/deployment/v1";
  const deployment = { schema, chainId: chain.id, deployedAtBlock, rpcUrl: chain.rpcUrl, contracts } as const;
  return connectChain({ deployment, signal, timeoutMs: CONNECT_MS });
}

/** @throws {TrainError} `TRAIN_OTHER_TAB` | `TRAIN_STORAGE_FAILED`; {ChainError} */
export async function startTrainer(start: TrainerStart): Promise<void> {
  if (running !== undefined) throw new TypeError("this tab trains already");
  const { runtime, account } = start;
  const owner: Owner = { chainId: runtime.chain.id, flContract: runtime.contracts.flContract, trainer: account };
  const stop = new AbortController();
  const finish = new AbortController();
  const lock = await lockTab(`cairn-train/${owner.chainId}/${owner.flContract}/${account}`.toLowerCase());
  try {
    const database = await openDatabase();
    keepStorage();
    const journal = createJournal(database);
    const chain = await connectSite(runtime, stop.signal);
    const engine = lastingEngine(start.engine, start.input, startEngine);
    running = { engine, owner, journal, stop, finish };
    askedAgain = false;
    const { taskId, speed } = start;
    const { device, samplesPerSecond } = speed;
    set({ taskId, account, device, samplesPerSecond, state: INITIAL_STATE });
    void run({ ...start, engine }, { chain, journal, stop: stop.signal, finish: finish.signal }).finally(() => {
      lock.release();
      database.close();
      engine.close();
      running = undefined;
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Asks the browser not to clear our storage when disks fill up; its answer changes nothing and isn't waited for. */
function keepStorage(): void {
  void navigator.storage?.persist?.().catch(() => false);
}

interface Parts {
  readonly chain: Chain;
  readonly journal: Journal;
  readonly stop: AbortSignal;
  readonly finish: AbortSignal;
}

async function run(start: TrainerStart, { chain, journal, stop, finish }: Parts): Promise<void> {
  const { runtime, account, taskId, modelId, engine, speed, reader, send } = start;
  const work = { ...start.work }; // whether a round can be finished is asked anew of every round
  const batchSize = speed.samplesPerSecond / speed.stepsPerSecond;
  const emitPaced = (event: TrainingEvent): void => {
    if (event.type === "trained" && event.device.kind !== latest?.device.kind) {
      work.stepsPerSecond = work.localSteps / event.seconds;
      latest &&= { ...latest, device: event.device, samplesPerSecond: batchSize * work.stepsPerSecond };
    }
    emit(event);
  };
  const metronome = startMetronome();
  try {
    await runTabTrainer({
      ...{ chain, account, taskId, modelId, work, engine, journal, send, emit: emitPaced, finish },
      clock: createChainClock(() => performance.now()),
      fetchContent: (ref, signal) => reader.read(ref, { maxBytes: MAX_WEIGHTS_BYTES, signal }),
      publish: (bytes, ref, signal) => publish(bytes, { upload: runtime.content.upload, ref, signal }),
      pause: (ms, signal) => metronome.pause(ms, signal),
      pollingMs: runtime.chain.id === LOCAL_CHAIN_ID ? POLLING_MS.local : POLLING_MS.other,
      mayAskAgain() {
        const may = askedAgain;
        askedAgain = false;
        return may;
      },
      signal: stop,
    });
  } finally {
    metronome.close();
  }
}

/** Progress is drawn this often; all else at once. Unit: milliseconds. */
const DRAW_MS = 250;
let drawing: ReturnType<typeof setTimeout> | undefined;

function emit(event: TrainingEvent): void {
  if (latest === undefined) return;
  const next = { ...latest, state: reduceTraining(latest.state, event) };
  if (event.type !== "progress") {
    set(next, event);
    return;
  }
  latest = next;
  drawing ??= setTimeout(() => latest !== undefined && set(latest), DRAW_MS);
}

function set(next: TrainerSnapshot, event?: TrainingEvent): void {
  clearTimeout(drawing);
  drawing = undefined;
  latest = next;
  snapshot = next;
  for (const listener of listeners) listener(event);
}

/** Opens what is committed, takes on nothing new. */
export function finishTrainer(): void {
  running?.finish.abort();
}

/** Stops now. What is committed and not opened costs stake, unless somebody comes back in time. */
export function stopTrainer(): void {
  running?.stop.abort();
}

/** How long a worker that computes may take to hear it. Unit: milliseconds. */
const HEAR_MS = 60_000;

/** The visitor wants no graphics card any more. What is training on one begins anew. */
export function leaveCard(): void {
  running?.engine.leaveCard(AbortSignal.timeout(HEAR_MS)).catch(() => {}); // a worker that is gone is told when it opens
}

/** After a no in the wallet, or a package that was brought: the duty is begun again. */
export function askAgain(): void {
  askedAgain = true;
}

export interface ExportedPackage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @returns the newest kept update of the account as a file; `undefined` when there is none. */
export async function exportPackage(owner: Owner): Promise<ExportedPackage | undefined> {
  return withJournal(async (journal) => {
    const kept = (await journal.list(owner)).at(-1);
    return kept && { name: `task-${kept.taskId}-round-${kept.round}.reveal`, bytes: encodeRevealPackage(kept) };
  });
}

/**
 * Keeps a package that was exported elsewhere, so that this tab can open its commitment.
 *
 * @throws {TrainError} `TRAIN_PACKAGE_FOREIGN` when it is another account's, contract's or chain's; {RevealPackageError}
 */
export async function importPackage(bytes: Uint8Array, owner: Owner): Promise<KeptUpdate> {
  const opened = await decodeRevealPackage(bytes);
  for (const field of ["chainId", "flContract", "trainer"] as const) {
    if (`${opened[field]}`.toLowerCase() === `${owner[field]}`.toLowerCase()) continue;
    throw new TrainError({ code: "TRAIN_PACKAGE_FOREIGN", field }, `the package is of another ${field}`);
  }
  const kept = await withJournal((journal) => journal.keep(opened));
  askAgain();
  return kept;
}

/** @returns what this browser keeps for the account, whether a training runs or not. */
export function keptUpdates(owner: Owner): Promise<readonly KeptUpdate[]> {
  return withJournal((journal) => journal.list(owner));
}

async function withJournal<T>(work: (journal: Journal) => Promise<T>): Promise<T> {
  if (running !== undefined) return work(running.journal);
  const database = await openDatabase();
  try {
    return await work(createJournal(database));
  } finally {
    database.close();
  }
}
