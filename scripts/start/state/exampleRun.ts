/** A made-up run, event by event, for the tests of state, view and report. Never used by the demo itself. */
import type { RunEvent } from "./runEvent.ts";

export const TRAINERS = [
  "0xA11ce00000000000000000000000000000000001",
  "0xB0b0000000000000000000000000000000000002",
  "0xC0ffee0000000000000000000000000000000003",
  "0xDeceit00000000000000000000000000000000004".slice(0, 42),
] as const;

export const AUDITORS = [
  "0xE000000000000000000000000000000000000005",
  "0xF000000000000000000000000000000000000006",
  "0x9000000000000000000000000000000000000007",
] as const;

/** Accuracy after each round. */
export const ACCURACY = [0.62, 0.81, 0.88, 0.905, 0.921, 0.933, 0.941, 0.946, 0.951, 0.954];

/** Every update but the last trainer's. */
export const HONEST = 0b0111n;

type Untimed = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, "atMs"> : never) : never;

/** @returns what happens before the first round, at a second each. */
export function preparation(): RunEvent[] {
  const nodes: Untimed[] = [
    ...TRAINERS.map((address, i) => ({ type: "node", name: `trainer ${i + 1}`, role: "trainer", address }) as const),
    ...AUDITORS.map((address, i) => ({ type: "node", name: `auditor ${i + 1}`, role: "auditor", address }) as const),
  ];
  return timed(0, 200, [
    { type: "stage", stage: "chain" },
    { type: "chain", chainId: 31337, rpcUrl: "http://127.0.0.1:41003" },
    { type: "stage", stage: "contracts" },
    { type: "stage", stage: "wallets" },
    { type: "stage", stage: "task" },
    { type: "task", task: "1", mode: "Replayable", data: "glyphs", rounds: 10 },
    { type: "stage", stage: "nodes" },
    ...nodes,
    ...nodes.map((node) => ({ type: "ready", address: (node as { address: string }).address }) as const),
    ...TRAINERS.map((trainer, slot) => ({ type: "joined", trainer, slot }) as const),
    { type: "stage", stage: "rounds" },
  ]);
}

/** @returns one whole round of 5 seconds in which the last trainer lies. */
export function exampleRound(round: number): RunEvent[] {
  return timed(5_000 * round, 100, [
    { type: "opened", round, expected: 4 },
    { type: "phase", round, phase: "Commit" },
    ...TRAINERS.slice(0, 3).map(
      (address) => ({ type: "trained", address, round, seconds: 0.4, cpuSeconds: 0.4 }) as const,
    ),
    ...TRAINERS.map((trainer, index) => ({ type: "committed", round, trainer, index }) as const),
    { type: "phase", round, phase: "Reveal" },
    ...TRAINERS.map((trainer) => ({ type: "revealed", round, trainer, byteLength: 101_760 }) as const),
    { type: "phase", round, phase: "Draw" },
    { type: "drawn", round, attempt: 0, members: AUDITORS },
    { type: "phase", round, phase: "AuditCommit" },
    ...AUDITORS.flatMap((address) =>
      TRAINERS.map((_, index) => {
        const match = index !== 3;
        return {
          type: "replayed",
          address,
          round,
          index,
          match,
          reason: match ? undefined : "digest",
          seconds: 0.5,
          cpuSeconds: 0.3,
        } as const;
      }),
    ),
    ...AUDITORS.map((auditor) => ({ type: "verdictCommitted", round, auditor }) as const),
    { type: "phase", round, phase: "AuditReveal" },
    ...AUDITORS.map((auditor) => ({ type: "verdictRevealed", round, auditor, bitmap: HONEST }) as const),
    { type: "tallied", round, bitmap: HONEST },
    { type: "phase", round, phase: "Aggregate" },
    { type: "agreed", round, digest: `0x${"ab".repeat(32)}`, byteLength: 101_760 },
    { type: "phase", round, phase: "Challenge" },
    { type: "phase", round, phase: "Final" },
    { type: "final", round, version: round, bitmap: HONEST },
    ...AUDITORS.map(() => ({ type: "evaluated", round, accuracy: ACCURACY[round - 1] ?? 0, loss: 0.3 }) as const),
    ...[...TRAINERS, ...AUDITORS].map(
      (address) =>
        ({
          type: "resources",
          address,
          round,
          rssBytes: 150e6 + round,
          sentBytes: 1e5 * round,
          receivedBytes: 2e5 * round,
        }) as const,
    ),
  ]);
}

function timed(startMs: number, stepMs: number, events: readonly Untimed[]): RunEvent[] {
  return events.map((event, i) => ({ ...event, atMs: startMs + i * stepMs }) as RunEvent);
}
