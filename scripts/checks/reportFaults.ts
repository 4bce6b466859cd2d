/** How a check ends: every fault on a line of its own, and the exit status. The checks only find faults. */

/** Prints the faults and sets the exit status; finding nothing to check is a fault too. */
export function reportFaults(rule: string, checked: number, faults: readonly string[]): void {
  const all = checked === 0 ? ["nothing was found to check"] : faults;
  for (const fault of all) process.stderr.write(`${fault}\n`);
  process.stderr.write(
    all.length === 0 ? `${checked} checked: ${rule}.\n` : `${all.length} against the rule: ${rule}.\n`,
  );
  process.exitCode = all.length === 0 ? 0 : 1;
}

/** What a check found. */
export interface CheckResult {
  /** How many files, tests or commands it looked at. */
  readonly checked: number;
  /** One line each, beginning with the place. */
  readonly faults: readonly string[];
}
