/** What a test run consists of, in order. Must not run anything: runStep.ts does. */
import { existsSync, globSync } from "node:fs";
import { type CountReader, readHardhatCounts, readNodeTestCounts } from "./counts.ts";

/** One command of a stage. */
export interface Step {
  readonly title: string;
  /** Arguments to Node: the script and what it takes. */
  readonly command: readonly string[];
  /** Absent when the command reports nothing but its exit status: it is one test then. */
  readonly readCounts?: CountReader;
  /** After so long the command and all it started are ended. Unit: seconds. */
  readonly limitSeconds: number;
  /** Where it runs. @default this process's folder */
  readonly folder?: string;
}

export interface Stage {
  readonly name: string;
  readonly about: string;
  /** The stage before, where it runs beside that: each keeps one core busy, and neither touches what is the other's. */
  readonly beside?: string;
  /** Looked up when the stage's turn comes, so that it sees the files as they are then. */
  readonly steps: () => readonly Step[];
}

/** Bounds a single test, so that one that hangs is named in the report. Unit: milliseconds. */
const NODE_TEST_TIMEOUT_MS = 300_000;

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
const BIOME = "node_modules/@biomejs/biome/bin/biome";

export const STAGES: readonly Stage[] = [
  { name: "build", about: "compile the contracts", steps: () => [check("hardhat build", HARDHAT, "build")] },
  {
    name: "generated",
    about: "generated files are what their generators make",
    steps: () => [
      ...checkIfPresent("ABI", "scripts/generate-abi.ts", "--check"),
      ...checkIfPresent("kernels", "scripts/build-kernels.ts", "--check"),
      ...checkIfPresent("test vectors", "scripts/generate-vectors.ts", "--check"),
      ...checkIfPresent("contract documentation", "scripts/contracts/generate-docs.ts", "--check"),
      ...checkIfPresent("gas table", "scripts/contracts/gas.ts", "--check"),
    ],
  },
  {
    name: "types",
    about: "TypeScript's checks",
    steps: () => [
      check("tsc", "node_modules/typescript/bin/tsc", "-p", "."),
      check("tsc (web)", "node_modules/typescript/bin/tsc", "-p", "web"),
    ],
  },
  {
    name: "checks",
    about: "the rules of the house that a program can check, and the linter",
    steps: () => [
      check("import directions", "scripts/checks/layers.ts"),
      check("Solidity test names", "scripts/checks/testNames.ts"),
      check("file sizes", "scripts/checks/fileSizes.ts"),
      check("README commands", "scripts/checks/commandsInReadme.ts"),
      check("lint and format", BIOME, "check", "--error-on-warnings", "--max-diagnostics=100"),
    ],
  },
  { name: "solidity", about: "the contracts' rules, fuzzed, with their gas", steps: solidity },
  {
    name: "unit",
    about: "every part off chain",
    beside: "solidity",
    steps: () => nodeTests("unit", "{trainer,scripts}/**/*.test.ts", 1200),
  },
  { name: "contracts", about: "whole flows through the contracts", steps: flows },
  {
    name: "web",
    about: "the dApp's pure parts, and its weight where it has been built",
    beside: "contracts",
    steps: () => [
      ...nodeTests("web", "web/src/**/*.test.ts", 600),
      ...(existsSync("web/out/index.html") ? [check("first-load JavaScript", "scripts/web/size.ts")] : []),
    ],
  },
  {
    name: "integration",
    about: "the parts together",
    steps: () => nodeTests("integration", "test/integration/**/*.test.ts", 1200, ["--test-concurrency=3"]), // they wait a lot
  },
  {
    name: "chaos",
    about: "nodes that are killed and cut off, and lose nothing; npm run chaos plays more",
    steps: () => nodeTests("chaos", "test/chaos/**/*.test.ts", 600),
  },
];

function check(title: string, ...command: readonly string[]): Step {
  return { title, command, limitSeconds: 300 };
}

function checkIfPresent(title: string, script: string, ...options: readonly string[]): readonly Step[] {
  return existsSync(script) ? [check(title, script, ...options)] : [];
}

function solidity(): readonly Step[] {
  if (globSync("test/contracts/**/*.t.sol").length === 0) return [];
  const gas = existsSync("snapshots") ? ["--snapshot-check"] : [];
  const command = [HARDHAT, "test", "solidity", ...gas];
  return [{ title: "hardhat test solidity", command, readCounts: readHardhatCounts, limitSeconds: 1200 }];
}

function flows(): readonly Step[] {
  if (globSync("test/contracts/**/*.test.ts").length === 0) return [];
  const command = [HARDHAT, "test", "mocha"];
  return [{ title: "hardhat test mocha", command, readCounts: readHardhatCounts, limitSeconds: 900 }];
}

function nodeTests(
  title: string,
  pattern: string,
  limitSeconds: number,
  options: readonly string[] = [],
): readonly Step[] {
  const files = globSync(pattern, { exclude: (path) => path.endsWith("node_modules") }).sort();
  if (files.length === 0) return [];
  const command = ["--test", "--test-reporter=spec", `--test-timeout=${NODE_TEST_TIMEOUT_MS}`, ...options, ...files];
  return [{ title: `node --test (${title})`, command, readCounts: readNodeTestCounts, limitSeconds }];
}
