/**
 * The flow tests on a second client, Foundry's anvil: `npm run test:anvil`.
 *
 * anvil is no dependency (its binary has 44 MB). Where none is found this says so and ends well; `CAIRN_ANVIL` names one,
 * else node_modules/.bin and the PATH are looked through: `npm install --no-save @foundry-rs/anvil@1.7.1` fetches it from
 * npm. Files after `--` are run instead of all flows. Must not leave a process behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, globSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { formatCounts, readHardhatCounts } from "../test/counts.ts";
import { runStep } from "../test/runStep.ts";
import { startMinedProxy } from "./minedProxy.ts";

/** What costs gas is measured elsewhere; seeds of more than 256 blocks need a chain without EIP-2935, which anvil's is not. */
const LEFT_OUT = ["gas.test.ts", "seed.test.ts"];
/** Unit: milliseconds. */
const START_LIMIT_MS = 20_000;

process.chdir(dirname(dirname(import.meta.dirname)));
process.exitCode = await main(process.argv.slice(2));

async function main(named: readonly string[]): Promise<number> {
  const anvil = findAnvil();
  if (anvil === undefined) {
    print(
      "skipped: anvil is not here. `npm install --no-save @foundry-rs/anvil@1.7.1` fetches it, or CAIRN_ANVIL names it.",
    );
    return 0;
  }
  const flows = globSync("test/contracts/*.test.ts").filter((file) => !LEFT_OUT.some((name) => file.endsWith(name)));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = ["--port", String(port), "--accounts", "20", "--chain-id", "31337", "--hardfork", "cancun"];
  const child = spawn(anvil, [...options, "--silent"], { stdio: "ignore" });
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());
  try {
    await isServing(child, url);
    const proxy = await startMinedProxy(url);
    proxy.server.unref();
    process.env.CAIRN_TEST_RPC_URL = proxy.url;
    const files = named.length > 0 ? named : flows.sort();
    const command = ["node_modules/hardhat/dist/src/cli.js", "--network", "external", "test", "mocha", ...files];
    const step = { title: "flows on anvil", command, readCounts: readHardhatCounts, limitSeconds: 1800 };
    const { output, counts, problem } = await runStep(step, interrupted.signal);
    print(output.trimEnd());
    print(`\n${formatCounts(counts)}`);
    return problem === undefined ? 0 : 1;
  } finally {
    child.kill();
    for (const folder of globSync("ignition/deployments/test-*")) rmSync(folder, { recursive: true, force: true });
  }
}

function findAnvil(): string | undefined {
  const folders = ["node_modules/.bin", ...(process.env.PATH ?? "").split(delimiter)];
  const candidates = [process.env.CAIRN_ANVIL ?? "", ...folders.map((folder) => join(folder, "anvil"))];
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return path !== "";
    } catch {
      return false;
    }
  });
}

function freePort(): Promise<number> {
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
async function isServing(child: ChildProcess, url: string): Promise<void> {
  const untilMs = performance.now() + START_LIMIT_MS;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  while (performance.now() < untilMs && child.exitCode === null) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`anvil does not serve at ${url}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
