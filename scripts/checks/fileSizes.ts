/**
 * TypeScript files have at most 250 lines and Solidity files at most 300, unless the file's first comment gives a
 * reason in a sentence that starts with "Longer than" (style.md, F1). Generated files and fetched packages are not ours.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CheckResult, reportFaults } from "./reportFaults.ts";

const SOURCES = ["{trainer,scripts,test,ignition}/**/*.{ts,tsx,mjs}", "{contracts,test}/**/*.sol"];
const LINE_LIMIT = { solidity: 300, typescript: 250 } as const;

/** The first comment of a file, whatever stands before it (an SPDX line, a pragma). */
const FIRST_COMMENT = /\/\*\*[\s\S]*?\*\/|(?:^\/\/\/.*\n)+/m;

/** Checks every source file below `root`. */
export function checkFileSizes(root: string): CheckResult {
  const files = globSync(SOURCES, {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|generated)$/.test(path),
  }).sort();
  const faults: string[] = [];
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    const limit = file.endsWith(".sol") ? LINE_LIMIT.solidity : LINE_LIMIT.typescript;
    const givesReason = /\bLonger than\b/.test(FIRST_COMMENT.exec(text)?.[0] ?? "");
    if (lines > limit && !givesReason) {
      faults.push(
        `${file}: ${lines} lines, the limit is ${limit}: split it, or say why in its first comment ("Longer than …")`,
      );
    }
  }
  return { checked: files.length, faults };
}

if (import.meta.main) {
  const { checked, faults } = checkFileSizes(".");
  reportFaults("files are short, or say why not", checked, faults);
}
