/**
 * The figures of a run as one document. Pure. Its fields are described in docs/report-schema.md; changes only add.
 *
 * What nodes say of themselves (seconds, bytes, memory) comes from the run's state; what is owed and what counts as
 * proof (`liar`, `lazyAuditor`, `disputes`, `rewards`, `gas`, `recomputed`) comes from the chain and is handed in.
 */
import type { GameKind, Side } from "../../../trainer/src/audit/dispute/game.ts";
import type { StartOptions } from "../options.ts";
import { countAccepted } from "../state/reduce.ts";
import type { Role } from "../state/runEvent.ts";
import type { RoundState, RunState } from "../state/runState.ts";
import { median, sum } from "./statistics.ts";

export interface Report {
  readonly schema: "cairn/start-report/v1";
  readonly options: Pick<
    StartOptions,
    "data" | "model" | "rounds" | "trainers" | "auditors" | "mode" | "liar" | "seed"
  >;
  readonly rounds: readonly ReportedRound[];
  /** The trainer that was asked to lie; `null` when none was. */
  readonly liar: ReportedLiar | null;
  /** `null` without `--lazy-auditor`. */
  readonly lazyAuditor: ReportedLazyAuditor | null;
  /** In the chain's order. */
  readonly disputes: readonly ReportedDispute[];
  readonly rewards: readonly ReportedReward[];
  /** By contract function. */
  readonly gas: Readonly<Record<string, GasUse>>;
  readonly bytes: { readonly sent: number; readonly received: number };
  readonly seconds: ReportedSeconds;
  readonly nodes: readonly ReportedNode[];
  readonly replay: ReportedReplay;
  readonly recomputed: Recomputed;
  readonly model: ReportedModel;
}

export interface ReportedRound {
  readonly round: number;
  readonly outcome: "final" | "failed" | "open";
  /** Range: 0…1; `null` when the round published no version or nobody measured it. */
  readonly accuracy: number | null;
  readonly accepted: number;
  readonly rejected: number;
  /** From its opening to its end. */
  readonly seconds: number;
}

export interface ReportedLiar {
  readonly name: string;
  readonly address: string;
  /** Rounds in which it revealed an update, every one of them false. */
  readonly lied: readonly number[];
  /** Those of them whose accepted bitmap, read from the contract, has its bit unset. */
  readonly rejected: readonly number[];
  /** How many of its updates the contract accepted. */
  readonly accepted: number;
  /** Claimable now and claimed before, in wei of CAIRN. */
  readonly paidWei: string;
}

export interface ReportedLazyAuditor {
  readonly name: string;
  readonly address: string;
  /** Rounds in which it accepted an error that a trainer had planted. */
  readonly accepted: readonly number[];
  /** Those of them in which the contract slashed it for that. */
  readonly caught: readonly number[];
  /** What it was slashed for them, in wei of CAIRN. */
  readonly slashedWei: string;
}

export interface ReportedDispute {
  /** `3`, or `a3` about an aggregate. */
  readonly game: string;
  readonly about: GameKind;
  readonly round: number;
  /** Addresses. */
  readonly challenger: string;
  /** Whose update it is about; `null` of a dispute about an aggregate. */
  readonly trainer: string | null;
  /** Who proposed the aggregate; `null` of a dispute about an update. */
  readonly proposer: string | null;
  /** As the contract names it; `None` while the game is open. */
  readonly outcome: string;
  /** The opening among them. */
  readonly moves: number;
  /** What the trainer or the proposer was slashed, in wei of CAIRN. */
  readonly takenWei: string;
  /** Unit: gas. */
  readonly gas: Readonly<Record<Side, number>>;
  /** From its opening to its end. */
  readonly seconds: number;
}

export interface ReportedReward {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  /** Claimable now and claimed before, in wei of CAIRN. */
  readonly paidWei: string;
}

/** Of the calls that went through. Unit of `median` and `max`: gas. */
export interface GasUse {
  readonly count: number;
  readonly median: number;
  readonly max: number;
  /** Calls that were sent and refused: somebody else was faster. */
  readonly reverted: number;
}

export interface ReportedSeconds {
  /** From the command to the report, checks included. */
  readonly total: number;
  /** Before the first round. */
  readonly setUp: number;
  readonly rounds: number;
  /** Reading the chain and training once more in one process. */
  readonly checks: number;
  /** Median over the rounds by phase. */
  readonly phases: Readonly<Record<string, number>>;
}

export interface ReportedNode {
  readonly name: string;
  readonly address: string;
  /** Largest resident set. */
  readonly maxRssBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Medians over all updates of the run; `null` when there was none. */
export interface ReportedReplay {
  /** One trainer's training of one update, on the clock and on the processor. */
  readonly trainSeconds: number | null;
  readonly trainCpuSeconds: number | null;
  /** One auditor's replay of one update. */
  readonly replaySeconds: number | null;
  readonly replayCpuSeconds: number | null;
  /** `replayCpuSeconds / trainCpuSeconds`: the clock's would tell how many processes share the machine. */
  readonly ratio: number | null;
}

/** The same federated averaging in one process: do its weights have the digest that the chain has? */
export interface Recomputed {
  readonly equal: boolean;
  readonly chainDigest: string;
  readonly digest: string;
}

export interface ReportedModel {
  readonly file: string;
  readonly version: number;
  readonly digest: string;
  readonly byteLength: number;
}

/** What the state does not know. */
export interface Findings
  extends Pick<Report, "liar" | "lazyAuditor" | "disputes" | "rewards" | "gas" | "recomputed" | "model"> {
  /** When the first round could open, when the last ended, and when all was checked. Unit: milliseconds. */
  readonly times: { readonly roundsFromMs: number; readonly roundsToMs: number; readonly endMs: number };
}

export function buildReport(state: RunState, options: StartOptions, findings: Findings): Report {
  const { data, model: name, rounds, trainers, auditors, mode, liar: lie, seed } = options;
  const { roundsFromMs, roundsToMs, endMs } = findings.times;
  const { liar, lazyAuditor, disputes, rewards, gas, recomputed, model } = findings;
  return {
    schema: "cairn/start-report/v1",
    options: { data, model: name, rounds, trainers, auditors, mode, liar: lie, seed },
    rounds: state.rounds.map(reportRound),
    liar,
    lazyAuditor,
    disputes,
    rewards,
    gas,
    bytes: {
      sent: sum(state.nodes.map(({ sentBytes }) => sentBytes)),
      received: sum(state.nodes.map(({ receivedBytes }) => receivedBytes)),
    },
    seconds: {
      total: seconds(endMs),
      setUp: seconds(roundsFromMs),
      rounds: seconds(roundsToMs - roundsFromMs),
      checks: seconds(endMs - roundsToMs),
      phases: phaseSeconds(state.rounds),
    },
    nodes: state.nodes.map(({ name, address, rssBytes: maxRssBytes, sentBytes, receivedBytes }) => {
      return { name, address, maxRssBytes, sentBytes, receivedBytes };
    }),
    replay: replayCost(state.rounds),
    recomputed,
    model,
  };
}

function reportRound(round: RoundState): ReportedRound {
  const accepted = countAccepted(round, round.acceptedBitmap ?? 0n);
  return {
    round: round.round,
    outcome: round.outcome ?? "open",
    accuracy: round.accuracy ?? null,
    accepted,
    rejected: round.acceptedBitmap === undefined ? 0 : round.updates.length - accepted,
    seconds: seconds((round.endedAtMs ?? round.openedAtMs) - round.openedAtMs),
  };
}

/** @returns the median time from entering a phase to entering the next, for every phase that was ever left. */
export function phaseSeconds(rounds: readonly RoundState[]): Record<string, number> {
  const spent = new Map<string, number[]>();
  for (const { entered } of rounds) {
    entered.slice(0, -1).forEach(({ phase, atMs }, i) => {
      spent.set(phase, [...(spent.get(phase) ?? []), entered[i + 1]!.atMs - atMs]);
    });
  }
  return Object.fromEntries([...spent].map(([phase, times]) => [phase, seconds(median(times)!)]));
}

function replayCost(rounds: readonly RoundState[]): ReportedReplay {
  const trainings = rounds.flatMap((round) => [...round.trainings.values()]);
  const replays = rounds.flatMap((round) => round.replays);
  const trainCpuSeconds = median(trainings.map(({ cpuSeconds }) => cpuSeconds)) ?? null;
  const replayCpuSeconds = median(replays.map(({ cpuSeconds }) => cpuSeconds)) ?? null;
  return {
    trainSeconds: median(trainings.map((training) => training.seconds)) ?? null,
    trainCpuSeconds,
    replaySeconds: median(replays.map((replay) => replay.seconds)) ?? null,
    replayCpuSeconds,
    ratio: trainCpuSeconds && replayCpuSeconds !== null ? replayCpuSeconds / trainCpuSeconds : null,
  };
}

/** Milliseconds as seconds, to the millisecond. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
