/**
 * Runs a TypeScript file of this project under the pinned Node, after the set-up: `node scripts/run.mjs FILE ARGUMENTS…`.
 *
 * Like setup.mjs it runs under any Node >= 20 before anything is installed. It must not look at the arguments: they
 * are the file's.
 */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { PINNED_NODE, ROOT, setUpOrExit } from "./setup.mjs";

setUpOrExit();
process.env.PATH = [dirname(PINNED_NODE), join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);

const child = spawn(PINNED_NODE, process.argv.slice(2), { stdio: "inherit" });

// A signal is passed on once: npm repeats what it gets, and a terminal sends Ctrl-C to the child by itself.
const fromTerminal = process.stdin.isTTY ? ["SIGINT"] : [];
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  let passedOn = fromTerminal.includes(signal);
  process.on(signal, () => {
    if (!passedOn) child.kill(signal);
    passedOn = true;
  });
}

child.on("error", (error) => {
  process.stderr.write(`RUN_FAILED: the pinned Node does not start: ${error.message}\nNext: npm run setup\n`);
  process.exitCode = 1;
});
child.on("exit", (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
