/**
 * The long tests of the contracts: `npm run test:nightly`. Ten times as many random tests as CI, then the proofs.
 *
 * Ends with the line `N passed, N failed`. Must not check gas: a fuzzed run writes no snapshot, and CI compares those.
 */
import { dirname } from "node:path";
import { addCounts, formatCounts, readHardhatCounts } from "../test/counts.ts";
import { runStep } from "../test/runStep.ts";
import type { Step } from "../test/stages.ts";

/** See hardhat.config.ts. */
const FACTOR = 10;

const STEPS: readonly Step[] = [
  {
    title: `hardhat test solidity, ${FACTOR} times CI's runs`,
    command: ["node_modules/hardhat/dist/src/cli.js", "test", "solidity"],
    readCounts: readHardhatCounts,
    limitSeconds: 4 * 3600,
  },
  { title: "SMT checker", command: ["scripts/contracts/checkSmt.ts"], limitSeconds: 2 * 3600 },
];

process.chdir(dirname(dirname(import.meta.dirname)));
process.env.CAIRN_TEST_FACTOR ??= String(FACTOR);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());

const results = [];
for (const step of STEPS) {
  if (interrupted.signal.aborted) break;
  const result = await runStep(step, interrupted.signal);
  process.stdout.write(`${result.output.trimEnd()}\n\n`);
  process.stdout.write(`${result.problem === undefined ? "✔" : "✖"} ${step.title} (${result.seconds.toFixed(0)} s)\n`);
  results.push(result);
}
const total = addCounts(results.map(({ counts }) => counts));
process.stdout.write(`\n${formatCounts(total)}\n`);
process.exitCode = total.failed === 0 && results.length === STEPS.length ? 0 : 1;
