/**
 * `npm run deploy`: rehearses a deployment, shows what it will send and cost, asks, sends, checks, and writes the record.
 *
 * Talk goes to stderr, the record to stdout. Must not take a key as an argument or from the environment.
 */
import { readFile } from "node:fs/promises";
import { password, text } from "@clack/prompts";
import { isTagged } from "../../trainer/src/protocol/errors.ts";
import { buildContracts } from "../buildContracts.ts";
import { DeployError, exitCodeOf, nextStepOf } from "./deployError.ts";
import { dryRun } from "./dryRun.ts";
import { type DeployCommand, parseCommand, USAGE } from "./options.ts";
import { type Operator, realRun } from "./realRun.ts";
import { say } from "./say.ts";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const command = parseCommand(args);
    if (command === undefined) {
      process.stdout.write(USAGE);
      return 0;
    }
    await buildContracts(); // a fresh clone has no artifacts
    const run = command.isDryRun ? dryRun : realRunByOperator;
    process.stdout.write(`${JSON.stringify(await run(command, interrupted.signal), null, 2)}\n`);
    return 0;
  } catch (error) {
    return sayError(error);
  }
}

function realRunByOperator(command: DeployCommand, signal: AbortSignal) {
  return realRun(command, operator(command), signal);
}

/** A person at a terminal, or files and flags that stand in. */
function operator({ passwordFile }: DeployCommand): Operator {
  const isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const options = { output: process.stderr, signal: interrupted.signal };
  return {
    async askPassword(question) {
      if (passwordFile !== undefined) return (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
      if (!isInteractive) {
        const detail = { code: "DEPLOY_USAGE", option: "password-file" } as const;
        throw new DeployError(detail, "a password is needed, and there is nobody to ask: give --password-file");
      }
      return String(await password({ message: question, ...options }));
    },
    async confirm(network) {
      const answer = isInteractive ? await text({ message: `Type ${network} to send this`, ...options }) : "";
      if (answer === network) return;
      throw new DeployError({ code: "DEPLOY_NOT_CONFIRMED", network }, "not confirmed");
    },
  };
}

function sayError(error: unknown): number {
  if (error instanceof DeployError) {
    say(`\nerror[${error.code}] ${error.message}\nnext: ${nextStepOf(error.detail)}`);
    return exitCodeOf(error.detail);
  }
  if (interrupted.signal.aborted) {
    say("\nInterrupted; the same command goes on where it was.");
    return 130;
  }
  if (isTagged(error)) {
    say(`\nerror[${error.code}] ${error.message}\nnext: npx cairn errors ${error.code}`);
    return 3;
  }
  say(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}
