/**
 * What the command line needs of the machine around it, so that a test can stand in for a terminal.
 *
 * Commands never touch `process` themselves.
 */
import type { Readable, Writable } from "node:stream";

/** One of the two output streams. */
export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal. Unit: characters. */
  readonly columns?: number | undefined;
  /** Height of the terminal. Unit: lines. */
  readonly rows?: number | undefined;
}

/** Questions to a person. Each rejects with `CLI_CANCELLED` when the person gives up. */
export interface Prompter {
  /** Hidden input. */
  password(message: string, signal: AbortSignal): Promise<string>;
  confirm(message: string, signal: AbortSignal): Promise<boolean>;
}

export interface Host {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** Whether a person sits at stdin and can be asked. */
  readonly interactive: boolean;
  readonly ask: Prompter;
  /** Everything on stdin, as text; at most {@link MAX_STDIN_BYTES}. */
  readStdin(): Promise<string>;
  nowMs(): number;
  /** Memory that a process may still take, its own limits included. Unit: bytes. */
  freeMemory(): number;
  /** Calls `listener` on Ctrl-C and on SIGTERM, instead of dying. @returns how to stop listening */
  onSignal(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void;
}

/** A password or a key is all that is ever read from stdin. Unit: bytes. */
export const MAX_STDIN_BYTES = 65_536;

/** @returns the machine this process runs on. */
export function processHost(): Host {
  const { stdout, stderr, stdin, env } = process;
  return {
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    home: env.HOME ?? env.USERPROFILE ?? process.cwd(),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    ask: terminalPrompter(stdin, stderr),
    readStdin: () => readAll(stdin),
    nowMs: Date.now,
    freeMemory: () => process.availableMemory(),
    onSignal(listener) {
      const onInterrupt = (): void => listener("SIGINT");
      const onTerminate = (): void => listener("SIGTERM");
      process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);
      return () => process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
    },
  };
}

/** Questions go to stderr, so that stdout stays the result alone. */
function terminalPrompter(input: Readable, output: Writable): Prompter {
  return {
    async password(message, signal) {
      const { password, isCancel } = await import("@clack/prompts");
      const answer = await password({ message, input, output, signal });
      if (isCancel(answer)) throw await cancelled();
      return answer ?? "";
    },
    async confirm(message, signal) {
      const { confirm, isCancel } = await import("@clack/prompts");
      const answer = await confirm({ message, input, output, signal, initialValue: false });
      if (isCancel(answer)) throw await cancelled();
      return answer;
    },
  };
}

async function cancelled(): Promise<Error> {
  const { CliError } = await import("./cliError.ts");
  return new CliError({ code: "CLI_CANCELLED" }, "cancelled");
}

async function readAll(input: Readable): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > MAX_STDIN_BYTES) {
      const { CliError } = await import("./cliError.ts");
      throw new CliError({ code: "CLI_USAGE" }, `stdin holds more than ${MAX_STDIN_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
