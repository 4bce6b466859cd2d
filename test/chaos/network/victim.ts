/** The node under test: `cairn node start` as anybody would run it, with a chain and a disk that can be disturbed. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Address } from "viem";
import type { RunningProcess, Supervisor } from "../../../scripts/start/process/supervisor.ts";
import { PROJECT } from "../../../scripts/start/steps/localChain.ts";
import type { Wallet } from "../../../scripts/start/steps/wallets.ts";
import { pause } from "../../../trainer/src/chain/deadline.ts";
import type { NodeEvent, Role } from "../../../trainer/src/node/nodeEvent.ts";
import { CLOCK_FAULT_VARIABLE } from "../faults/clockFault.ts";
import { DISK_FAULT_VARIABLE, type DiskFault } from "../faults/diskFault.ts";
import type { RpcProxy } from "../faults/rpcProxy.ts";

const CAIRN = fileURLToPath(new URL("../../../trainer/bin/cairn.mjs", import.meta.url));
const CLOCK_FAULT = fileURLToPath(new URL("../faults/clockFault.ts", import.meta.url));
const DISK_FAULTS = fileURLToPath(new URL("../faults/diskFaults.ts", import.meta.url));

export interface VictimOptions {
  readonly name: string;
  readonly role: Role;
  readonly wallet: Wallet;
  readonly taskId: bigint;
  readonly directory: string;
  readonly deploymentFile: string;
  readonly proxy: RpcProxy;
  readonly supervisor: Supervisor;
  readonly signal: AbortSignal;
}

export interface Victim {
  readonly role: Role;
  readonly address: Address;
  readonly dataDir: string;
  readonly proxy: RpcProxy;
  /** What it has told since it was started last. */
  readonly events: readonly NodeEvent[];
  /** Starts the process. */
  start(flags?: readonly string[]): void;
  isRunning(): boolean;
  /** What the kernel does on a power cut, as far as the process is concerned. */
  kill(): void;
  /** As `kill -STOP` and `kill -CONT`. */
  freeze(): void;
  thaw(): void;
  /** Asks it to finish, as Ctrl-C does. */
  finish(): void;
  /** Waits for its end. @returns its exit code; `null` after a kill. */
  ended(): Promise<number | null>;
  /** @returns the first event since the last start that `is` meant. @throws when none came in time, with its last lines */
  event(is: (event: NodeEvent) => boolean, withinMs: number): Promise<NodeEvent>;
  /** @param fault `undefined`: the disk is as good as ever. */
  disturbDisk(fault: DiskFault | undefined): void;
  /** How wrong its clock is from the next start on. Unit: milliseconds. */
  skewClock(ms: number): void;
}

/** How often something that has no event is looked for. Unit: milliseconds. */
const LOOK_MS = 25;

export function createVictim(options: VictimOptions): Victim {
  const { name, role, wallet, directory, proxy, supervisor, signal } = options;
  const faultFile = join(directory, "disk-fault.json");
  const dataDir = join(directory, "data");
  let process_: RunningProcess | undefined;
  let running = false;
  let starts = 0;
  let events: NodeEvent[] = [];
  let skewMs = 0;

  const send = (kind: NodeJS.Signals): void => {
    if (running) process.kill(process_!.pid, kind);
  };

  return {
    role,
    dataDir,
    proxy,
    address: wallet.address,
    get events() {
      return events;
    },
    isRunning: () => running,
    start(flags = []) {
      events = [];
      running = true;
      const started = supervisor.start({
        name,
        program: ["--import", DISK_FAULTS, "--import", CLOCK_FAULT, CAIRN, ...commandLine(options, dataDir), ...flags],
        cwd: PROJECT,
        logFile: join(directory, `process-${++starts}.log`),
        env: { [DISK_FAULT_VARIABLE]: faultFile, [CLOCK_FAULT_VARIABLE]: `${skewMs}` },
        mayEnd: () => true,
        onLine: (line) => events.push(JSON.parse(line) as NodeEvent),
      });
      process_ = started;
      void started.ended.then(() => {
        if (process_ === started) running = false;
      });
    },
    kill: () => send("SIGKILL"),
    freeze: () => send("SIGSTOP"),
    thaw: () => send("SIGCONT"),
    finish: () => send("SIGTERM"),
    ended: async () => (await process_!.ended).exitCode,
    async event(is, withinMs) {
      const untilMs = performance.now() + withinMs;
      for (;;) {
        const found = events.find(is);
        if (found !== undefined) return found;
        signal.throwIfAborted();
        if (performance.now() > untilMs || (!running && events.length > 0 && events.at(-1)!.event === "stopped")) {
          throw new Error(`${name} did not tell what was waited for; last: ${JSON.stringify(events.slice(-5))}`);
        }
        await pause(LOOK_MS, signal);
      }
    },
    skewClock(ms) {
      skewMs = ms;
    },
    disturbDisk(fault) {
      if (fault !== undefined) writeFileSync(faultFile, JSON.stringify(fault));
      else if (existsSync(faultFile)) rmSync(faultFile);
    },
  };
}

function commandLine({ role, wallet, taskId, deploymentFile, proxy }: VictimOptions, dataDir: string): string[] {
  const flags = {
    role,
    task: `${taskId}`,
    data: "glyphs",
    network: deploymentFile,
    "rpc-url": proxy.url,
    account: wallet.keystoreFile,
    "password-file": wallet.passwordFile,
    "data-dir": dataDir,
    threads: "1",
    plants: "0", // chance has no part in it
  };
  const named = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  return ["node", "start", "--json", "--no-input", ...named];
}
