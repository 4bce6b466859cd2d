/**
 * Proves the assertions of scripts/contracts/proofs/ with solc's SMT checker (CHC, z3): `npm run check:smt`.
 *
 * Lists what is proven. An assertion that isn't, or a proof that takes too long, fails. `--only NAME` takes the proof
 * contracts whose name has NAME in it, `--limit SECONDS` bounds each. Must not trust the number of messages alone: every
 * `assert(` of a file must have been answered.
 */
import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Finding } from "./smtWorker.ts";

interface Proof {
  readonly file: string;
  readonly contract: string;
  /** How many assertions the contract makes. */
  readonly assertions: number;
}

const WORKER = join(import.meta.dirname, "smtWorker.ts");

process.chdir(dirname(dirname(import.meta.dirname)));
process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: "string", default: "" }, limit: { type: "string", default: "600" } },
  });
  let [proven, failed] = [0, 0];
  for (const proof of findProofs().filter(({ contract }) => contract.includes(values.only))) {
    const startedMs = performance.now();
    const findings = await prove(proof, Number(values.limit));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    print(`${proof.contract} (${proof.file}, ${seconds} s)`);
    if (typeof findings === "string") print(`  ✖ ${findings}`);
    else for (const { line, text, isProven } of findings) print(`  ${isProven ? "✔" : "✖"} line ${line}: ${text}`);
    const safe = typeof findings === "string" ? 0 : findings.filter(({ isProven }) => isProven).length;
    proven += safe;
    failed += proof.assertions - safe;
  }
  print(`\n${proven} assertions proven, ${failed} not`);
  return failed === 0 && proven > 0 ? 0 : 1;
}

/** Every contract of the proof files, with the assertions between it and the next. */
function findProofs(): readonly Proof[] {
  return globSync("scripts/contracts/proofs/*.sol")
    .sort()
    .flatMap((file) => {
      const [, ...parts] = readFileSync(file, "utf8").split(/^contract /m);
      return parts.map((text) => ({
        file,
        contract: text.match(/^\w+/)?.[0] ?? "",
        assertions: text.match(/\bassert\(/g)?.length ?? 0,
      }));
    });
}

/** The checker's findings, or why there are none. */
function prove({ file, contract }: Proof, limitSeconds: number): Promise<readonly Finding[] | string> {
  const child = spawn(process.execPath, [WORKER, file, contract], { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  const problems: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => problems.push(chunk));
  const limit = setTimeout(() => child.kill("SIGKILL"), limitSeconds * 1000);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      if (code === 0) resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")) as readonly Finding[]);
      else if (signal === "SIGKILL") resolve(`no answer within ${limitSeconds} s`);
      else resolve(Buffer.concat(problems).toString("utf8").trim());
    });
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
