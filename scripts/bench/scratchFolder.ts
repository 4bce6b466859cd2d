/** A folder for a command's own files, which goes when the command ends, also when it is interrupted. */
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** @param prefix of its name, for example `cairn-bench-`. */
export function createScratchFolder(prefix: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), prefix));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const leave = (signal: NodeJS.Signals): void => {
    remove();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, leave);
  return {
    path,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, leave);
      remove();
    },
  };
}
