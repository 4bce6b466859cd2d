/**
 * Plants small faults in the contracts, one at a time, and counts how many the tests notice: `npm run test:mutation`.
 *
 * Works in a temporary copy. A run that was broken off goes on where it was: results are kept in cache/mutation.json for
 * as long as the contract's file is the same, and those of survivors for as long as the tests are. `--count N` (default
 * 90) says about how many faults, `--only TEXT` takes those whose file has TEXT in its path, `--max N` stops after N new
 * ones, `--fresh` forgets, `--list` only lists, `--json FILE` writes the report. Must not run two at a time.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { applyMutant, findMutants, type Mutant, sample } from "./mutation/mutants.ts";
import { makeWorkCopy, type WorkCopy } from "./mutation/workCopy.ts";

interface Result {
  readonly outcome: "killed" | "alive" | "invalid";
  /** What noticed it. */
  readonly by: string;
  readonly seconds: number;
  readonly fileHash: string;
  readonly testsHash: string;
}

type Results = Record<string, Result>;

const STATE = "cache/mutation.json";
const EQUIVALENT = "scripts/contracts/mutation/equivalent.json";
/** Bounds one run of tests. Unit: seconds. */
const LIMIT_SECONDS = 600;
/** Of CI's random tests: enough to notice what a fault breaks at all. */
const FACTOR = 0.005;
const NEEDED_SCORE = 0.9;

const root = dirname(dirname(import.meta.dirname));
process.chdir(root);
process.env.CAIRN_TEST_FACTOR = String(FACTOR);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "90" },
      only: { type: "string", default: "" },
      max: { type: "string", default: "100000" },
      json: { type: "string" },
      fresh: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const equivalent = JSON.parse(readFileSync(EQUIVALENT, "utf8")) as Record<string, string>;
  const all = contractFiles().flatMap((file) => findMutants(file, readFileSync(file, "utf8")));
  const mutants = sample(
    all.filter(({ id }) => !(id in equivalent)),
    Number(values.count),
  ).filter(({ file }) => file.includes(values.only));
  if (values.list) {
    for (const mutant of mutants) print(describe(mutant));
    print(`${mutants.length} of ${all.length} possible faults`);
    return 0;
  }
  const results: Results = values.fresh || !existsSync(STATE) ? {} : readResults();
  await runAll(mutants, results, Number(values.max));
  return report(mutants, results, values.json);
}

function contractFiles(): readonly string[] {
  return globSync(["contracts/*.sol", "contracts/base/*.sol", "contracts/libraries/*.sol"]).sort();
}

function readResults(): Results {
  return JSON.parse(readFileSync(STATE, "utf8")) as Results;
}

/** Tries what has no result yet, and keeps each result at once. */
async function runAll(mutants: readonly Mutant[], results: Results, max: number): Promise<void> {
  const testsHash = hashOf(globSync("test/contracts/**/*.{sol,ts}").sort());
  const isKnown = ({ id, file }: Mutant): boolean => {
    const known = results[id];
    return known?.fileHash === hashOf([file]) && (known.outcome === "killed" || known.testsHash === testsHash);
  };
  const due = mutants.filter((mutant) => !isKnown(mutant)).slice(0, max);
  if (due.length === 0) return;
  const copy = makeWorkCopy(root);
  try {
    const baseline = await copy.test(["solidity"], 2 * LIMIT_SECONDS, interrupted.signal);
    if (baseline.problem !== undefined)
      throw new Error(`Without a fault the tests ${baseline.problem}:\n${baseline.output}`);
    for (const mutant of due) {
      const started = performance.now();
      const { outcome, by } = await tryMutant(copy, mutant);
      if (interrupted.signal.aborted) break;
      const seconds = Math.round((performance.now() - started) / 1000);
      results[mutant.id] = { outcome, by, seconds, fileHash: hashOf([mutant.file]), testsHash };
      mkdirSync(dirname(STATE), { recursive: true });
      writeFileSync(STATE, JSON.stringify(results, null, 1));
      print(`${outcome.padEnd(7)} ${describe(mutant)} (${seconds} s${by === "" ? "" : `, ${by}`})`);
    }
  } finally {
    copy.remove();
  }
}

/** The tests that name the file first, then all in Solidity, then the flows: most faults die early. */
async function tryMutant(copy: WorkCopy, mutant: Mutant): Promise<Pick<Result, "outcome" | "by">> {
  const original = copy.read(mutant.file);
  copy.write(mutant.file, applyMutant(original, mutant));
  try {
    const near = nearTests(mutant.file);
    const runs = [...(near.length > 0 ? [["solidity", ...near]] : []), ["solidity"], ["mocha"]];
    for (const args of runs) {
      const { problem, output, counts } = await copy.test(args, LIMIT_SECONDS, interrupted.signal);
      if (problem === undefined) continue;
      if (isCompilerError(output)) return { outcome: "invalid", by: "does not compile" };
      return { outcome: "killed", by: counts.failed > 0 ? firstFailure(output) : problem };
    }
    return { outcome: "alive", by: "" };
  } finally {
    copy.write(mutant.file, original);
  }
}

/** Solidity tests that import the file themselves. */
function nearTests(file: string): readonly string[] {
  const importPath = new RegExp(`/${file}"`);
  return globSync("test/contracts/**/*.t.sol").filter((test) => importPath.test(readFileSync(test, "utf8")));
}

function isCompilerError(output: string): boolean {
  return /^(Error|\w+Error): /m.test(output) && /Compilation failed|HHE9\d\d/.test(output);
}

function firstFailure(output: string): string {
  return output.match(/^ +1\) (.+)$/m)?.[1]?.trim() ?? "a test";
}

function report(mutants: readonly Mutant[], results: Results, json: string | undefined): number {
  const tried = mutants.filter(({ id }) => results[id] !== undefined);
  const those = (outcome: Result["outcome"]): readonly Mutant[] =>
    tried.filter(({ id }) => results[id]?.outcome === outcome);
  const [killed, alive, invalid] = [those("killed"), those("alive"), those("invalid")];
  print("\n| file | killed | alive |\n| --- | ---: | ---: |");
  for (const file of new Set(tried.map((mutant) => mutant.file))) {
    const count = (some: readonly Mutant[]): number => some.filter((mutant) => mutant.file === file).length;
    print(`| ${file} | ${count(killed)} | ${count(alive)} |`);
  }
  if (alive.length > 0) print(`\nNobody noticed:\n${alive.map(describe).join("\n")}`);
  const score = killed.length / Math.max(1, killed.length + alive.length);
  print(
    `\n${killed.length} killed, ${alive.length} alive, ${invalid.length} that do not compile, ` +
      `${mutants.length - tried.length} to go: ${(100 * score).toFixed(1)} %`,
  );
  if (json !== undefined) {
    const rows = tried.map((mutant) => ({ ...mutant, ...results[mutant.id] }));
    writeFileSync(
      json,
      `${JSON.stringify({ killed: killed.length, alive: alive.length, score, mutants: rows }, null, 2)}\n`,
    );
  }
  return score >= NEEDED_SCORE && tried.length === mutants.length ? 0 : 1;
}

function describe({ id, file, line, operator, before, after }: Mutant): string {
  const short = (text: string): string => text.trim().replace(/\s+/g, " ").slice(0, 70);
  return `${id} ${file}:${line} ${operator}: ${short(before)}${after.trim() === "" ? "" : ` → ${short(after)}`}`;
}

function hashOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
