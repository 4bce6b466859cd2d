/** What is wrong with a node, in words and codes; `cairn errors CODE` tells what to do. Pure. */
import type { NodeStatus } from "./nodeStatus.ts";
import type { ChainSample, ConnectionSample, MachineSample } from "./sample.ts";

export type HealthCode =
  | "HEALTH_STARTING"
  | "HEALTH_CHAIN_SILENT"
  | "HEALTH_CHAIN_STALE"
  | "HEALTH_CLOCK_BEHIND"
  | "HEALTH_ETHER_LOW"
  | "HEALTH_ALONE"
  | "HEALTH_DISK_LOW"
  | "HEALTH_LOOP_BLOCKED"
  | "HEALTH_ERRORS";

export interface Problem {
  readonly code: HealthCode;
  /** Work is not done, or will not be: somebody has to look now. Otherwise it can wait for the morning. */
  readonly isUrgent: boolean;
  readonly message: string;
}

export interface Vitals {
  readonly status: NodeStatus;
  /** The last that was got. */
  readonly chain: ChainSample | undefined;
  readonly machine: MachineSample | undefined;
  readonly connection: ConnectionSample;
  /** Unit: milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Four samples in a row that failed. Unit: seconds. */
const SILENT_SECONDS = 60;

/** Ten of Ethereum's slots: the RPC follows no more, or the chain stands. Unit: seconds. */
const STALE_SECONDS = 120;

/** A block can't be from the future: validators refuse it. Unit: seconds. */
const AHEAD_SECONDS = 15;

/** A round takes a trainer two transactions and an auditor three; the most expensive takes some million gas. */
const FEW_TRANSACTIONS = 20n;
const GAS_EACH = 1_000_000n;

/** What `cairn doctor` asks for, too. Unit: bytes. */
const LOW_DISK_BYTES = 2 ** 30;

/** Peers and chain wait in vain for a node that stands still for so long. Unit: seconds. */
const BLOCKED_SECONDS = 5;

/** How long an error is news. Unit: seconds. */
const ERROR_SECONDS = 120;

/** A node that looks for its first peer. Unit: seconds. */
const ALONE_SECONDS = 60;

/** @returns what is wrong now, the urgent first; empty when all is well. */
export function problemsOf({ status, chain, machine, nowMs }: Vitals): Problem[] {
  const ageSeconds = (nowMs - status.startedAtMs) / 1_000;
  const problems: Problem[] = [];
  const add = (code: HealthCode, message: string): void => void problems.push({ code, message, isUrgent: true });
  const note = (code: HealthCode, message: string): void => void problems.push({ code, message, isUrgent: false });

  if (status.identity === undefined) add("HEALTH_STARTING", "the node has not made itself known yet");
  const silentSeconds = chain === undefined ? ageSeconds : (nowMs - chain.atMs) / 1_000;
  if (silentSeconds > SILENT_SECONDS)
    add("HEALTH_CHAIN_SILENT", `no answer from the chain for ${whole(silentSeconds)} s`);
  if (chain !== undefined) {
    const blockAge = chain.atMs / 1_000 - chain.blockSeconds;
    if (blockAge > STALE_SECONDS) add("HEALTH_CHAIN_STALE", `the newest block was ${whole(blockAge)} s old`);
    if (blockAge < -AHEAD_SECONDS)
      note("HEALTH_CLOCK_BEHIND", `this clock is ${whole(-blockAge)} s behind the chain's`);
    const { etherWei, gasPriceWei } = chain;
    const left = gasPriceWei === 0n ? FEW_TRANSACTIONS : etherWei / (gasPriceWei * GAS_EACH);
    if (left < FEW_TRANSACTIONS) note("HEALTH_ETHER_LOW", `ether for some ${left} large transactions is left`);
  }
  if (machine !== undefined) {
    const { diskFreeBytes, peers, loopDelay } = machine;
    if (diskFreeBytes !== undefined && diskFreeBytes < LOW_DISK_BYTES) {
      add("HEALTH_DISK_LOW", `${whole(diskFreeBytes / 2 ** 20)} MiB are left on the data folder's disk`);
    }
    if (peers === 0 && ageSeconds > ALONE_SECONDS) note("HEALTH_ALONE", "no other node is connected");
    if (loopDelay.max > BLOCKED_SECONDS) {
      note("HEALTH_LOOP_BLOCKED", `the process did not listen for ${whole(loopDelay.max)} s at a time`);
    }
  }
  const { lastError } = status;
  if (lastError !== undefined && nowMs - lastError.atMs < ERROR_SECONDS * 1_000) {
    note("HEALTH_ERRORS", `${lastError.code}: ${lastError.message}`);
  }
  return problems.sort((a, b) => Number(b.isUrgent) - Number(a.isUrgent));
}

function whole(value: number): string {
  return Math.round(value).toString();
}
