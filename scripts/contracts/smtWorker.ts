/**
 * Runs the SMT checker of npm's solc over one proof contract and prints what it says as JSON.
 *
 * A process of its own, because the compiler's WASM build knows no time limit: whoever starts it ends it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What the checker says of one assertion. */
export interface Finding {
  readonly line: number;
  readonly text: string;
  readonly isProven: boolean;
}

interface Solc {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
}

interface Message {
  readonly severity: string;
  readonly errorCode?: string;
  readonly message: string;
  readonly sourceLocation?: { readonly start: number; readonly end: number };
}

/** solc's codes for "this target is safe" and for its doubts. */
const SAFE = "9576";
const VIOLATIONS = new Set(["6328", "7812", "4984", "3944", "2529", "6838"]);

const [file = "", contract = ""] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(check(file, contract))}\n`);

function check(path: string, name: string): readonly Finding[] {
  const solc = createRequire(import.meta.url)("solc") as Solc;
  const text = readFileSync(path, "utf8");
  const input = {
    language: "Solidity",
    sources: { [path]: { content: text } },
    settings: {
      evmVersion: "cancun",
      modelChecker: {
        engine: "chc",
        solvers: ["z3"], // no `timeout`: it takes a thread, and this build has none
        contracts: { [path]: [name] },
        targets: ["assert"],
        showProvedSafe: true,
        showUnproved: true,
      },
      outputSelection: { "*": { "*": [] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readSource })) as { errors?: Message[] };
  const messages = output.errors ?? [];
  const error = messages.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.message);
  return messages.flatMap((message) => toFinding(message, text));
}

function toFinding({ errorCode = "", sourceLocation }: Message, text: string): readonly Finding[] {
  const isProven = errorCode === SAFE;
  if (sourceLocation === undefined || !(isProven || VIOLATIONS.has(errorCode))) return [];
  const { start, end } = sourceLocation;
  return [{ line: text.slice(0, start).split("\n").length, text: text.slice(start, end), isProven }];
}

function readSource(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(path.startsWith("@") ? `node_modules/${path}` : path, "utf8") };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
