/** The flow tests against another client, whose JSON-RPC behaves as Hardhat's. Must not leave a process behind. */
import type { ChildProcess } from "node:child_process";
import { accessSync, constants, globSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { formatCounts, readHardhatCounts } from "../../test/counts.ts";
import { runStep } from "../../test/runStep.ts";

/** What costs gas is measured elsewhere; seeds of more than 256 blocks need a chain without EIP-2935, and Hardhat's cheats. */
const LEFT_OUT = ["gas.test.ts", "seed.test.ts"];
/** Unit: milliseconds. */
const START_LIMIT_MS = 20_000;

/**
 * @param named files to run instead of all flows.
 * @returns the exit status.
 */
export async function runFlows(
  client: string,
  url: string,
  named: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const flows = globSync("test/contracts/*.test.ts").filter((file) => !LEFT_OUT.some((name) => file.endsWith(name)));
  process.env.CAIRN_TEST_RPC_URL = url;
  const files = named.length > 0 ? named : flows.sort();
  const command = ["node_modules/hardhat/dist/src/cli.js", "--network", "external", "test", "mocha", ...files];
  const step = { title: `flows on ${client}`, command, readCounts: readHardhatCounts, limitSeconds: 1800 };
  try {
    const { output, counts, problem } = await runStep(step, signal);
    print(output.trimEnd());
    print(`\n${formatCounts(counts)}`);
    return problem === undefined ? 0 : 1;
  } finally {
    for (const folder of globSync("ignition/deployments/test-*")) rmSync(folder, { recursive: true, force: true });
  }
}

/** A program by the name in `variable`, in node_modules/.bin or on the PATH. */
export function findProgram(name: string, variable: string): string | undefined {
  const folders = ["node_modules/.bin", ...(process.env.PATH ?? "").split(delimiter)];
  const candidates = [process.env[variable] ?? "", ...folders.map((folder) => join(folder, name))];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return path !== "";
    } catch {
      return false;
    }
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Resolves when the client answers; rejects when it ends before, or takes too long. */
export async function isServing(client: string, child: ChildProcess, url: string): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  while (performance.now() < untilMs && child.exitCode === null) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${client} does not serve at ${url}`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
