/**
 * The flow tests on an independent EVM, geth: `npm run test:geth`.
 *
 * A stock geth on a fresh chain, whose blocks this process makes through the Engine API, as geth's own developer mode does
 * inside; the tests move its clock, which `geth --dev` can't. `CAIRN_GETH` names the program, else the PATH is looked
 * through; with a Go toolchain one is built into cache/geth. Else it says what is missing and ends well. Files after `--`
 * are run instead of all flows. Must not leave a process behind.
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { keccak256 } from "ethers";
import { developmentAccounts, startDeveloperProxy } from "./developerProxy.ts";
import { openBlockMaker } from "./engineApi.ts";
import { findProgram, freePort, isServing, print, runFlows } from "./flows.ts";

/** Its go.mod asks for Go 1.24. */
const GETH = "github.com/ethereum/go-ethereum/cmd/geth@v1.16.7";
const BUILD_LIMIT_MS = 20 * 60_000;

process.chdir(dirname(dirname(dirname(import.meta.dirname))));
process.exitCode = await main(process.argv.slice(2));

async function main(named: readonly string[]): Promise<number> {
  const geth = findProgram("geth", "CAIRN_GETH") ?? buildGeth();
  if (geth === undefined) {
    print(
      "skipped: geth is not here, and no Go toolchain that builds it; CAIRN_GETH names one, or put geth or go on the PATH.",
    );
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());
  const folder = mkdtempSync(join(tmpdir(), "cairn-geth-"));
  const timestamp = Math.floor(Date.now() / 1000);
  try {
    const secret = writeInputs(folder, timestamp);
    const data = ["--datadir", join(folder, "data")];
    const made = spawnSync(geth, [...data, "init", join(folder, "genesis.json")], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(`geth makes no chain:\n${made.stderr}`);
    const [port, enginePort] = [await freePort(), await freePort()];
    const child = spawn(geth, [...data, ...options(folder, port, enginePort)], { stdio: "ignore" });
    const ended = new Promise((done) => child.once("exit", done));
    try {
      const url = `http://127.0.0.1:${port}`;
      await isServing("geth", child, url);
      const head = { hash: await genesisHash(url), timestamp };
      const blocks = openBlockMaker(`http://127.0.0.1:${enginePort}`, secret, head, keccak256);
      const proxy = await startDeveloperProxy(url, blocks);
      proxy.server.unref();
      return await runFlows("geth", proxy.url, named, interrupted.signal);
    } finally {
      child.kill();
      const insisting = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(insisting);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Once; about three minutes. Modules and build cache are Go's own. */
function buildGeth(): string | undefined {
  const folder = resolve("cache/geth");
  const built = join(folder, "geth");
  if (existsSync(built)) return built;
  const go = findProgram("go", "CAIRN_GO");
  if (go === undefined) return undefined;
  print(`building ${GETH} …`);
  const env = { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod" };
  const { status, stderr } = spawnSync(go, ["install", GETH], { env, encoding: "utf8", timeout: BUILD_LIMIT_MS });
  if (status === 0) return built;
  print(stderr?.trim().split("\n").slice(-3).join("\n") ?? "");
  return undefined;
}

/** The genesis block: all forks up to Cancun from the start, and Hardhat's accounts rich. @returns the Engine API's secret */
function writeInputs(folder: string, timestamp: number): Uint8Array {
  const forks = ["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul"];
  const named = [...forks, "berlin", "london"].map((fork) => [`${fork}Block`, 0]);
  const blobs = { cancun: { target: 3, max: 6, baseFeeUpdateFraction: 3_338_477 } };
  const config = {
    ...Object.fromEntries(named),
    ...{ chainId: 31_337, shanghaiTime: 0, cancunTime: 0, terminalTotalDifficulty: 0, blobSchedule: blobs },
  };
  const balance = `0x${(10_000n * 10n ** 18n).toString(16)}`;
  const alloc = Object.fromEntries(developmentAccounts().map(({ address }) => [address, { balance }]));
  const block = { difficulty: "0x0", gasLimit: "0x3938700", timestamp: `0x${timestamp.toString(16)}` };
  writeFileSync(join(folder, "genesis.json"), JSON.stringify({ config, alloc, ...block }));
  const secret = randomBytes(32);
  writeFileSync(join(folder, "secret"), secret.toString("hex"), { mode: 0o600 });
  return secret;
}

function options(folder: string, port: number, enginePort: number): readonly string[] {
  return [
    ...["--networkid", "31337", "--syncmode", "full", "--gcmode", "archive", "--cache", "64", "--verbosity", "1"],
    ...["--nodiscover", "--maxpeers", "0", "--port", "0", "--ipcdisable", "--nousb"],
    ...["--http", "--http.addr", "127.0.0.1", "--http.port", String(port), "--http.api", "eth,net,web3,debug"],
    ...[
      "--authrpc.addr",
      "127.0.0.1",
      "--authrpc.port",
      String(enginePort),
      "--authrpc.jwtsecret",
      join(folder, "secret"),
    ],
    ...["--miner.gaslimit", "60000000", "--txpool.pricelimit", "1", "--miner.gasprice", "1", "--rpc.txfeecap", "0"],
  ];
}

async function genesisHash(url: string): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params: ["0x0", false] });
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
  return ((await response.json()) as { result: { hash: string } }).result.hash;
}
