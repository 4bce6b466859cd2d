/**
 * Branch coverage of the contracts: `npm run test:coverage`. Hardhat counts statements only, so this marks each branch
 * with one, in a temporary copy.
 *
 * Both arms of every `if`, and both outcomes of every `require`, are branches; the operands of `&&`, `||` and `?:` are
 * not. Tests of gas and code size fail on marked contracts and are left out of the judgement. `--json FILE` writes it.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { MARKER, markBranches } from "./branches.ts";
import { makeWorkCopy } from "./mutation/workCopy.ts";

interface Branch {
  readonly file: string;
  /** Of the `if` or `require` in the file as it is. */
  readonly line: number;
  readonly isTaken: boolean;
}

/** Issue 4. */
const NEEDED = 0.95;
const LIMIT_SECONDS = 1800;
/** Tests of gas and size; each is named twice, where it ran and where its error stands. */
const MOST_FAILURES = 12;

const root = dirname(dirname(import.meta.dirname));
process.chdir(root);
process.env.CAIRN_TEST_FACTOR ??= "0.005";
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());
  const files = globSync(["contracts/*.sol", "contracts/{base,libraries,types}/*.sol"]).sort();
  const copy = makeWorkCopy(root);
  try {
    const sources = Object.fromEntries(files.map((file) => [file, { content: readFileSync(file, "utf8") }]));
    const marked = markBranches(sources, readImport);
    for (const [file, text] of Object.entries(marked)) copy.write(file, text);
    const { output } = await copy.test(["--coverage"], LIMIT_SECONDS, interrupted.signal);
    requireFewFailures(output);
    const branches = readBranches(marked, readLcov(join(copy.folder, "coverage/lcov.info"), output));
    return report(branches, values.json);
  } finally {
    copy.remove();
  }
}

/** Names the tests that marked contracts fail. Many of them would mean that whole flows did not run at all. */
function requireFewFailures(output: string): void {
  const failed = new Set([...output.matchAll(/^ {2,}\d+\) (\S.*)$/gm)].map(([, name = ""]) => name));
  for (const name of failed) process.stdout.write(`fails on marked contracts: ${name}\n`);
  const [inSolidity = "", flows = ""] = output.split("Running Mocha tests");
  if ([inSolidity, flows].every((part) => part.includes("✔")) && failed.size <= MOST_FAILURES) return;
  const report = output.slice(Math.max(0, output.indexOf("Running Solidity tests")));
  throw new Error(`The tests in Solidity and the flows did not both run:\n${report}`);
}

/** File → line → how often it ran. */
function readLcov(path: string, output: string): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const files = new Map<string, Map<number, number>>();
  let lines = new Map<number, number>();
  try {
    for (const row of readFileSync(path, "utf8").split("\n")) {
      if (row.startsWith("SF:")) {
        lines = new Map();
        files.set(row.slice(3), lines);
      }
      const [, line, hits] = /^DA:(\d+),(\d+)/.exec(row) ?? [];
      if (line !== undefined) lines.set(Number(line), Number(hits));
    }
  } catch (error) {
    throw new Error(`The tests left no coverage:\n${output}`, { cause: error });
  }
  return files;
}

function readBranches(
  marked: Readonly<Record<string, string>>,
  hits: ReadonlyMap<string, ReadonlyMap<number, number>>,
): readonly Branch[] {
  return Object.entries(marked).flatMap(([file, text]) =>
    text.split("\n").flatMap((row, index) => {
      if (!row.includes(MARKER)) return [];
      const line = Number(row.split(MARKER)[1]);
      return [{ file, line, isTaken: (hits.get(file)?.get(index + 1) ?? 0) > 0 }];
    }),
  );
}

function report(branches: readonly Branch[], json: string | undefined): number {
  const missed = branches.filter(({ isTaken }) => !isTaken);
  for (const { file, line } of missed) process.stdout.write(`never taken: a branch of ${file}:${line}\n`);
  const share = 1 - missed.length / Math.max(1, branches.length);
  const percent = (100 * share).toFixed(2);
  process.stdout.write(`\n${branches.length - missed.length} of ${branches.length} branches: ${percent} %\n`);
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ branches: branches.length, share, missed }, null, 2)}\n`);
  return branches.length > 0 && share >= NEEDED ? 0 : 1;
}

function readImport(path: string): object {
  try {
    return { contents: readFileSync(path.startsWith("@") ? `node_modules/${path}` : path, "utf8") };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
