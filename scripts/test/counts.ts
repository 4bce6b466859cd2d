/** Reads how many tests ran out of a runner's own report. Must not judge exit codes: runStep.ts does. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A runner's output → its counts; `undefined` when the report is not there (the runner broke off before it). */
export type CountReader = (output: string) => Counts | undefined;

/** The report of `hardhat test solidity` and `hardhat test mocha`: `9 passing`, `1 failing`, `2 pending` at its end. */
export const readHardhatCounts: CountReader = (output) => {
  const count = (word: string): number => lastNumber(output, new RegExp(`^ {2}(\\d+) ${word}\\b`, "gm")) ?? 0;
  if (!/^ {2}\d+ (passing|failing|pending|skipped)\b/m.test(output)) return undefined;
  return { passed: count("passing"), failed: count("failing"), skipped: count("pending") + count("skipped") };
};

/** The report of `node --test` in its spec format: `ℹ pass 3`, `ℹ fail 1` and so on at its end. */
export const readNodeTestCounts: CountReader = (output) => {
  const count = (word: string): number | undefined => lastNumber(output, new RegExp(`^ℹ ${word} (\\d+)$`, "gm"));
  const [passed, failed] = [count("pass"), count("fail")];
  if (passed === undefined || failed === undefined) return undefined;
  const skipped = (count("skipped") ?? 0) + (count("todo") ?? 0);
  return { passed, failed: failed + (count("cancelled") ?? 0), skipped };
};

/** The sum, field by field. */
export function addCounts(counts: readonly Counts[]): Counts {
  const sum = (field: keyof Counts): number => counts.reduce((total, each) => total + each[field], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** `N passed, N failed`, and `, N skipped` when there are any: the last line of a run, which CI reads. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The report comes last, so what a test itself printed before cannot be taken for it. */
function lastNumber(output: string, pattern: RegExp): number | undefined {
  const last = [...output.matchAll(pattern)].at(-1);
  return last === undefined ? undefined : Number(last[1]);
}
