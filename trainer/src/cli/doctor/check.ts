/** One check of `doctor`, and how checks are run: in order, each bounded, none stopping the others. */
import { isTagged } from "../../protocol/errors.ts";
import { EXIT } from "../exitClass.ts";
import { reportOf } from "../report.ts";

export type CheckState = "ok" | "warning" | "failed" | "skipped";

/** What a check found, when it did not throw. A thrown coded error is a failure with the catalogue's next steps. */
export interface Verdict {
  readonly state: Exclude<CheckState, "failed">;
  readonly message: string;
  readonly next?: readonly string[];
}

export interface Check {
  readonly group: string;
  readonly name: string;
  run(): Promise<Verdict>;
}

export interface Finding {
  readonly group: string;
  readonly name: string;
  readonly state: CheckState;
  readonly message: string;
  readonly next: readonly string[];
  readonly code: string | null;
  readonly exitCode: number;
}

export function ok(message: string): Verdict {
  return { state: "ok", message };
}

export function warning(message: string, ...next: readonly string[]): Verdict {
  return { state: "warning", message, next };
}

export function skipped(message: string): Verdict {
  return { state: "skipped", message };
}

/** @throws what is no coded error: a bug in a check is a bug */
export async function runChecks(
  checks: readonly Check[],
  { verbosity, onStart }: { readonly verbosity: number; readonly onStart: (name: string) => void },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { group, name, run } of checks) {
    onStart(name);
    try {
      const { state, message, next = [] } = await run();
      findings.push({ group, name, state, message, next, code: null, exitCode: EXIT.ok });
    } catch (error) {
      if (!isTagged(error)) throw error;
      const { code, message, next, exitCode } = reportOf(error, { verbosity });
      findings.push({ group, name, state: "failed", message, next, code, exitCode });
    }
  }
  return findings;
}
