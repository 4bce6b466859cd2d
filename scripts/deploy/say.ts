/** Talk to the operator, on stderr: stdout is the record's. */
import type { Check } from "./checks.ts";

export function say(text = ""): void {
  process.stderr.write(`${text}\n`);
}

export function sayChecks(checks: readonly Check[]): void {
  for (const { what, isTrue, found } of checks)
    say(`  ${isTrue ? "✔" : "✖"} ${what}${isTrue ? "" : `; found: ${found}`}`);
}
