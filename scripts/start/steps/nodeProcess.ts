/** One node of the demo: its process, its memory, and what it says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Misbehaviour } from "../../../trainer/src/node/misbehaviour.ts";
import type { RunningProcess, Supervisor } from "../process/supervisor.ts";
import { hear } from "../state/hear.ts";
import type { HeardEvent, OwnEvent, Role } from "../state/runEvent.ts";
import { PROJECT } from "./localChain.ts";
import type { Wallet } from "./wallets.ts";

const CAIRN = fileURLToPath(new URL("../../../trainer/bin/cairn.mjs", import.meta.url));

/**
 * Seven nodes share this machine: a young generation of 4 MB instead of 16 saves each some 50 MB of memory and costs no
 * time that could be measured.
 */
const YOUNG_SPACE = "--max-semi-space-size=4";

export interface NodeSpecification {
  readonly name: string;
  readonly role: Role;
  readonly wallet: Wallet;
  readonly directory: string;
  readonly logFile: string;
  readonly deploymentFile: string;
  readonly taskId: bigint;
  /** Another task to take part in, of which nothing is told. */
  readonly visitorsTaskId?: bigint | undefined;
  readonly data: string;
  readonly device: "auto" | "gpu";
  /** What it does wrong on purpose. */
  readonly misbehave: Misbehaviour | undefined;
  /** Rounds in a hundred in which it plants an error. */
  readonly plantPercent: number;
  /** Go on serving when the task is done. */
  readonly stay: boolean;
  /** Whether its end with exit code 0 is in order by now. */
  readonly mayEnd: () => boolean;
  readonly onEvent: (event: HeardEvent | OwnEvent) => void;
}

/** Starts `cairn node start` as anybody would, with everything it needs on its command line. */
export function startNodeProcess(supervisor: Supervisor, node: NodeSpecification): RunningProcess {
  const { wallet, onEvent } = node;
  const { address } = wallet;
  onEvent({ type: "node", name: node.name, role: node.role, address });
  const flags = {
    role: node.role,
    task: `${node.taskId}`,
    data: node.data,
    network: node.deploymentFile,
    account: wallet.keystoreFile,
    "password-file": wallet.passwordFile,
    "data-dir": join(node.directory, "data"),
    threads: "1", // they share the cores
    device: node.device,
    plants: `${node.plantPercent}`,
    ...(node.misbehave === undefined ? {} : { misbehave: node.misbehave }),
  };
  let saidDone = false; // a node may see the task's end before we do
  const running = supervisor.start({
    name: node.name,
    program: [
      YOUNG_SPACE,
      CAIRN,
      ...["node", "start", "--json", "--no-input", "--no-claim"], // what is owed shall be there to see
      ...(node.stay ? ["--stay"] : []),
      ...(node.visitorsTaskId === undefined ? [] : ["--task", `${node.visitorsTaskId}`]),
      ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
    ],
    cwd: PROJECT,
    logFile: node.logFile,
    env: NO_SETTINGS,
    mayEnd: () => saidDone || node.mayEnd(),
    onLine: (line) => {
      saidDone ||= DONE.test(line);
      const event = hear(line, address, `${node.taskId}`);
      if (event === undefined) return;
      onEvent(event);
      if (event.type !== "resources") return;
      const rssBytes = peakMemory(running.pid);
      if (rssBytes !== undefined) onEvent({ type: "memory", address, rssBytes });
    },
  });
  return running;
}

/** How a node says that its tasks have no round left. */
const DONE = /"event":"stopped","reason":"tasks done"/;

/** The user's own settings must not reach the demo's nodes: an empty variable is none. */
const NO_SETTINGS = Object.fromEntries(
  ["NETWORK", "RPC_URL", "ACCOUNT", "DATA_DIR", "PASSWORD_FILE", "IPFS"].map((name) => [`CAIRN_${name}`, ""]),
);

/** @returns the largest resident set so far, where the system tells it (Linux). Unit: bytes. */
function peakMemory(pid: number): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined; // another system, or it has just ended
  }
}
