/**
 * The long tests of the contracts: `npm run test:nightly`. Ten times as many random tests as CI, binary32 on a million pairs an
 * operation, thousands of dispute games over real networks, then the proofs.
 *
 * Ten passes with CI's number of runs, each from a seed of its own, which is printed so that a failure can be played again
 * (`CAIRN_TEST_SEED=0x… npx hardhat test solidity`). `--passes N` makes another number of them, `--minutes N` begins none
 * after so long and says how many times CI's it was, `--pairs N` compares another number of pairs, `--games N` plays
 * so many games for each network and each theorem (0: none), `--no-proofs` leaves
 * the proofs out. Ends with the line `N passed, N failed`. Must not check gas: a fuzzed run writes no snapshot, and CI compares those.
 */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { addCounts, type Counts, formatCounts, readHardhatCounts } from "../test/counts.ts";
import { runStep, type StepResult } from "../test/runStep.ts";
import type { Step } from "../test/stages.ts";

const PASSES = 10;
/** Bounds a pass: CI's own takes a few minutes. Unit: seconds. */
const PASS_LIMIT_SECONDS = 3600;
/** Of binary32, an operation: what issue 7 asks for. */
const FLOAT_PAIRS = 1_000_000;
/** A million pairs take about an hour. Unit: seconds. */
const FLOAT_LIMIT_SECONDS = 4 * 3600;
/** For each of three networks and three theorems: with those of the passes over 10,000, what issue 7 asks for. */
const GAMES = 800;
/** A game takes a third of a second. Unit: seconds. */
const GAMES_LIMIT_SECONDS = 4 * 3600;
/** CI's own seed is 1. */
const FIRST_SEED = 2;

process.chdir(dirname(dirname(import.meta.dirname)));
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      passes: { type: "string", default: String(PASSES) },
      minutes: { type: "string", default: "100000" },
      pairs: { type: "string", default: String(FLOAT_PAIRS) },
      games: { type: "string", default: String(GAMES) },
      "no-proofs": { type: "boolean", default: false },
    },
  });
  const started = performance.now();
  const minutesGone = (): number => (performance.now() - started) / 60_000;
  const results: { step: Step; result: StepResult }[] = [];
  const run = async (step: Step): Promise<void> => {
    const result = await runStep(step, interrupted.signal);
    if (result.problem !== undefined) print(result.output.trimEnd());
    const isWell = result.problem === undefined;
    print(`${isWell ? "✔" : "✖"} ${step.title}: ${formatCounts(result.counts)} (${result.seconds.toFixed(0)} s)`);
    results.push({ step, result });
  };

  let passes = 0;
  while (passes < Number(values.passes) && minutesGone() < Number(values.minutes) && !interrupted.signal.aborted) {
    const seed = `0x${(FIRST_SEED + passes).toString(16).padStart(2, "0")}`;
    process.env.CAIRN_TEST_SEED = seed;
    await run(fuzzing(seed));
    passes++;
  }
  if (Number(values.pairs) > 0 && !interrupted.signal.aborted) {
    process.env.CAIRN_FLOAT_PAIRS = values.pairs;
    await run(comparing(values.pairs));
  }
  if (Number(values.games) > 0 && !interrupted.signal.aborted) {
    process.env.CAIRN_DISPUTE_GAMES = values.games;
    await run(playing(values.games));
  }
  if (!values["no-proofs"] && !interrupted.signal.aborted) {
    await run({ title: "SMT checker", command: ["scripts/contracts/checkSmt.ts"], limitSeconds: 2 * 3600 });
  }
  const total = addCounts(results.map(({ result }): Counts => result.counts));
  const times = passes * Number(process.env.CAIRN_TEST_FACTOR ?? 1);
  print(`\n${times} times CI's random tests in ${minutesGone().toFixed(0)} minutes.`);
  print(interrupted.signal.aborted ? "Broken off.\n" : "");
  print(formatCounts(total));
  return total.failed === 0 && results.length > 0 && !interrupted.signal.aborted ? 0 : 1;
}

function fuzzing(seed: string): Step {
  return {
    title: `hardhat test solidity from seed ${seed}`,
    command: ["node_modules/hardhat/dist/src/cli.js", "test", "solidity"],
    readCounts: readHardhatCounts,
    limitSeconds: PASS_LIMIT_SECONDS,
  };
}

function comparing(pairs: string): Step {
  return {
    title: `binary32 on ${pairs} pairs an operation`,
    command: ["node_modules/hardhat/dist/src/cli.js", "test", "mocha", "test/contracts/float32/float32.test.ts"],
    readCounts: readHardhatCounts,
    limitSeconds: FLOAT_LIMIT_SECONDS,
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function playing(games: string): Step {
  return {
    title: `${games} dispute games for each network and theorem`,
    command: ["node_modules/hardhat/dist/src/cli.js", "test", "mocha", "test/contracts/dispute.test.ts"],
    readCounts: readHardhatCounts,
    limitSeconds: GAMES_LIMIT_SECONDS,
  };
}
