/** A fresh local chain: `hardhat node` as a child process on a free port of this machine. */
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { createPublicClient, http } from "viem";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { RunningProcess, Supervisor } from "../process/supervisor.ts";
import { StartError } from "../startError.ts";

export const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

export const HARDHAT = fileURLToPath(new URL("../../../node_modules/hardhat/dist/src/cli.js", import.meta.url));

/** It answers after 1 to 2 s on 2 cores. Unit: milliseconds. */
const DEADLINE_MS = 30_000;

export interface LocalChain {
  readonly rpcUrl: string;
  readonly process: RunningProcess;
}

export interface LocalChainOptions {
  readonly logFile: string;
  readonly signal: AbortSignal;
  /** Taken when it is free: a wallet remembers the address it was told. @default any */
  readonly preferredPort?: number | undefined;
}

/**
 * Starts the chain and waits until it answers.
 *
 * @throws {StartError} `START_CHAIN_SILENT`
 */
export async function startLocalChain(
  supervisor: Supervisor,
  { logFile, signal, preferredPort }: LocalChainOptions,
): Promise<LocalChain> {
  const port = await freePort(preferredPort);
  const rpcUrl = `http://127.0.0.1:${port}`;
  const process = supervisor.start({
    name: "the local chain",
    program: [HARDHAT, "node", "--hostname", "127.0.0.1", "--port", `${port}`],
    cwd: PROJECT,
    logFile,
    env: { HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" },
  });
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 2_000 }) });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  while (!deadline.aborted) {
    const chainId = await client.getChainId().catch(() => undefined); // not listening yet
    if (chainId !== undefined) return { rpcUrl, process };
    await pause(100, deadline);
  }
  signal.throwIfAborted();
  throw new StartError(
    { code: "START_CHAIN_SILENT", rpcUrl, logFile, logTail: "" },
    `the local chain does not answer at ${rpcUrl} after ${DEADLINE_MS / 1000} s`,
  );
}

/** @returns a port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    server.listen(preferred, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
