/**
 * Plants small faults in the contracts, one at a time, and counts how many the tests notice: `npm run test:mutation`.
 *
 * Works in temporary copies. A run that was broken off goes on where it was, on another machine too: results are kept in
 * test/contracts/mutation.json, to be committed, for as long as the contract's file is the same, and those of survivors for
 * as long as the tests are. `--count N` (default 64) says about how many faults, two a file at least; `--only TEXT` takes
 * those whose file has TEXT in its path, `--max N` stops after N new ones, `--minutes N` plants no further one after so
 * long, `--workers N` (default 2) tries so many at a time, `--fresh` forgets, `--list` only lists, `--json FILE` writes the
 * report. Must not run two at a time.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { runCampaign, type Verdict } from "./mutation/campaign.ts";
import { findMutants, type Mutant, sample } from "./mutation/mutants.ts";
import { describe, reportText, scoreOf, type Tried } from "./mutation/report.ts";

interface Result extends Verdict {
  readonly fileHash: string;
  readonly testsHash: string;
}

type Results = Record<string, Result>;

const STATE = "test/contracts/mutation.json";
const EQUIVALENT = "scripts/contracts/mutation/equivalent.json";
const NEEDED_SCORE = 0.9;

const root = dirname(dirname(import.meta.dirname));
process.chdir(root);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => breakOff(signal));
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "64" },
      only: { type: "string", default: "" },
      max: { type: "string", default: "100000" },
      minutes: { type: "string", default: "100000" },
      workers: { type: "string", default: "2" },
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
  const results: Results = values.fresh || !existsSync(STATE) ? {} : JSON.parse(readFileSync(STATE, "utf8"));
  const isKnown = knownIn(results);
  const due = mutants.filter((mutant) => !isKnown(mutant)).slice(0, Number(values.max));
  if (due.length > 0) await runDue(due, results, Number(values.minutes), Number(values.workers));

  const tried = mutants.flatMap((mutant): Tried[] => {
    const verdict = results[mutant.id];
    return verdict !== undefined && isKnown(mutant) ? [{ mutant, verdict }] : [];
  });
  print(`\n${reportText(tried, mutants.length - tried.length)}`);
  const score = scoreOf(tried);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...score, tried }, null, 2)}\n`);
  return score.score >= NEEDED_SCORE && tried.length === mutants.length ? 0 : 1;
}

function breakOff(signal: string): void {
  print(`broken off by ${signal}; the same command goes on`);
  interrupted.abort();
}

function contractFiles(): readonly string[] {
  return globSync(["contracts/*.sol", "contracts/base/*.sol", "contracts/libraries/*.sol"]).sort();
}

/** A killed fault stays killed while its file is the same; a survivor is tried again when any test changes. */
function knownIn(results: Results): (mutant: Mutant) => boolean {
  const testsHash = hashOfTests();
  return ({ id, file }) => {
    const known = results[id];
    return known?.fileHash === hashOf([file]) && (known.outcome !== "alive" || known.testsHash === testsHash);
  };
}

async function runDue(due: readonly Mutant[], results: Results, minutes: number, workers: number): Promise<void> {
  const testsHash = hashOfTests();
  const fileHashes = new Map(due.map(({ file }) => [file, hashOf([file])])); // as copied, whatever happens meanwhile
  let tried = 0;
  await runCampaign(due, {
    root,
    workers,
    signal: interrupted.signal,
    enough: AbortSignal.timeout(Math.min(2 ** 31 - 1, minutes * 60_000)),
    say: print,
    onVerdict(mutant, verdict) {
      if (verdict.outcome !== "broken") {
        results[mutant.id] = { ...verdict, fileHash: fileHashes.get(mutant.file) ?? "", testsHash };
        writeFileSync(`${STATE}.tmp`, `${JSON.stringify(results, null, 2)}\n`);
        renameSync(`${STATE}.tmp`, STATE);
      }
      const by = verdict.by === "" ? "" : `, ${verdict.by}`;
      print(`${++tried}/${due.length} ${verdict.outcome.padEnd(7)} ${describe(mutant)} (${verdict.seconds} s${by})`);
    },
  });
}

function hashOfTests(): string {
  return hashOf(globSync("test/contracts/**/*.{sol,ts}").sort());
}

function hashOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
