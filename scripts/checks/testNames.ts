/**
 * Solidity tests read `test[Fuzz]_function[_condition]_outcome`. Those that end in `_reverts` expect a revert, and those that
 * expect one end so (style.md, X1), but where they look at more after it. Must not judge what a test does.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CheckResult, reportFaults } from "./reportFaults.ts";

const NAME = /^(test(Fuzz)?(_[a-z][A-Za-z0-9]*){2,3}|invariant_[a-z][A-Za-z0-9]*)$/;

/** By the runner's own means, or by a helper that expects one. */
const REVERT = /\bexpect(Partial)?Revert\b|\b_expect[A-Z]\w*\(/;
const ASSERTION = /\b_assert\w*\(/;

/** A function that the test runner would call, with its body: up to the closing brace at the function's own indent. */
const TEST = /^( *)function ((?:test|invariant)\w*)\(([\s\S]*?)^\1\}/gm;

/** Checks every test function of `test/contracts/**\/*.t.sol` below `root`. */
export function checkTestNames(root: string): CheckResult {
  const faults: string[] = [];
  let checked = 0;
  for (const file of globSync("test/contracts/**/*.t.sol", { cwd: root }).sort()) {
    for (const [, , name = "", body = ""] of readFileSync(join(root, file), "utf8").matchAll(TEST)) {
      checked++;
      const expectsRevert = /\bexpectRevert\b/.test(body) || (name.endsWith("_reverts") && REVERT.test(body));
      const looksFurther = ASSERTION.test(body);
      if (!NAME.test(name)) faults.push(`${file}: ${name} is not test[Fuzz]_function[_condition]_outcome`);
      else if (expectsRevert !== name.endsWith("_reverts") && !(expectsRevert && looksFurther)) {
        faults.push(
          `${file}: ${name} ${expectsRevert ? "expects a revert but does not end" : "expects no revert but ends"} in _reverts`,
        );
      }
    }
  }
  return { checked, faults };
}

if (import.meta.main) {
  const { checked, faults } = checkTestNames(".");
  reportFaults("test names say function, condition and outcome", checked, faults);
}
