/** A copy of what the contracts' tests need, in which faults can be planted: never in the tree itself. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHardhatCounts } from "../../test/counts.ts";
import { runStep, type StepResult } from "../../test/runStep.ts";

const PARTS = [
  ...["contracts", "test/contracts", "test/vectors", "ignition", "scripts", "snapshots", "trainer/src", "web/src"],
  ...["hardhat.config.ts", "package.json", "trainer/package.json", "tsconfig.json"],
];

export interface WorkCopy {
  readonly folder: string;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string) => void;
  /** Runs Hardhat's tests with these arguments in the copy, for at most `limitSeconds`. */
  readonly test: (args: readonly string[], limitSeconds: number, signal: AbortSignal) => Promise<StepResult>;
  readonly remove: () => void;
}

/** Copies the tree at `root`. The packages are linked, not copied: no test writes to them. */
export function makeWorkCopy(root: string): WorkCopy {
  const folder = mkdtempSync(join(tmpdir(), "cairn-mutation-"));
  for (const part of PARTS.filter((each) => existsSync(join(root, each))))
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return workCopyIn(folder);
}

/** Another copy, with what is compiled already. */
export function duplicate({ folder }: WorkCopy): WorkCopy {
  const other = mkdtempSync(join(tmpdir(), "cairn-mutation-"));
  cpSync(folder, other, { recursive: true, verbatimSymlinks: true });
  return workCopyIn(other);
}

function workCopyIn(folder: string): WorkCopy {
  return {
    folder,
    read: (file) => readFileSync(join(folder, file), "utf8"),
    write: (file, text) => writeFileSync(join(folder, file), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
    test: (args, limitSeconds, signal) => {
      const command = ["node_modules/hardhat/dist/src/cli.js", "test", ...args];
      return runStep({ title: "hardhat test", command, readCounts: readHardhatCounts, limitSeconds, folder }, signal);
    },
  };
}
