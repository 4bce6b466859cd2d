/** A machine for tests: a home of its own in a passing folder, streams that are kept, answers given beforehand. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../cli.ts";
import type { Host } from "../host.ts";

export interface MemoryHostOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Both output streams are terminals. @default false */
  readonly isTTY?: boolean;
  readonly stdin?: string;
  /** Answers to hidden prompts in order; giving any makes the machine interactive. */
  readonly passwords?: readonly string[];
  readonly confirms?: boolean;
  /** Unit: bytes. @default 8 GiB */
  readonly freeMemory?: number;
  /** Ctrl-C, once, when it fires. */
  readonly interrupt?: AbortSignal;
  /** Sees what is written while the command still runs. */
  readonly onWrite?: (stream: "stdout" | "stderr", text: string) => void;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TestMachine {
  /** Working directory and home. */
  readonly home: string;
  run(argv: readonly string[], options?: MemoryHostOptions): Promise<Ran>;
  remove(): void;
}

/** Every run shares the home; everything else is fresh. */
export function createTestMachine(): TestMachine {
  const home = mkdtempSync(join(tmpdir(), "cairn-cli-"));
  return {
    home,
    async run(argv, options = {}) {
      const written = { stdout: "", stderr: "" };
      const code = await runCli(argv, memoryHost(home, options, written));
      return { code, ...written };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

function memoryHost(home: string, options: MemoryHostOptions, written: { stdout: string; stderr: string }): Host {
  const { env = {}, isTTY = false, stdin = "", passwords = [], confirms, interrupt, onWrite } = options;
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    columns: 80,
    write(text: string): void {
      written[name] += text;
      onWrite?.(name, text);
    },
  });
  let asked = 0;
  return {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    env: { TERM: "xterm", ...env },
    cwd: home,
    home,
    interactive: passwords.length > 0 || confirms !== undefined,
    ask: {
      password: async () => passwords[asked++] ?? "",
      confirm: async () => confirms ?? false,
    },
    readStdin: async () => stdin,
    nowMs: Date.now,
    freeMemory: () => options.freeMemory ?? 2 ** 33,
    onSignal(listener) {
      const press = (): void => listener("SIGINT");
      interrupt?.addEventListener("abort", press, { once: true });
      return () => interrupt?.removeEventListener("abort", press);
    },
  };
}
