/**
 * One run of the command tree. Loads a command's file only when it is asked for, so that help is quick.
 *
 * Must not print: commander's own texts go through `output.ts` too.
 */
import { Command, CommanderError } from "commander";
import { nearest } from "../engine/nearest.ts";
import { CliError } from "./cliError.ts";
import { outputOptions, type Session } from "./command.ts";
import { EXIT } from "./exitClass.ts";
import { addGlobalFlags } from "./flags.ts";
import { createHelp, withExamples } from "./help.ts";
import type { Host } from "./host.ts";
import { NOUNS } from "./nouns.ts";
import { createOutput } from "./output.ts";
import { reportOf } from "./report.ts";
import { VERSION } from "./version.ts";

/**
 * Runs the command line once.
 *
 * @param argv the arguments after `cairn`.
 * @returns the exit code; see `exitClass.ts`. Never rejects for what a command did.
 */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  const session: Session = { host, exitCode: EXIT.ok };
  const early = createOutput(host, outputOptions(flagsBeforeParsing(argv)));
  const program = buildProgram(session, early);
  try {
    await program.parseAsync(helpAsFlag(argv), { from: "user" });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok; // help and version
    const command = lastCommand(program, argv);
    const usage = error instanceof CommanderError ? usageError(error, command) : error;
    const report = reportOf(usage, { verbosity: early.verbosity });
    early.error(
      command.replaceAll(" ", "."),
      { ...report, next: report.code === "CLI_USAGE" ? [helpFor(command)] : report.next },
      false,
    );
    return report.exitCode;
  }
}

/** `help COMMAND` as `COMMAND --help`: commander's own would show the command before its file is loaded. */
function helpAsFlag(argv: readonly string[]): string[] {
  const at = argv.findIndex((word) => !word.startsWith("-"));
  const [noun, ...verbs] = argv.slice(at + 1).filter((word) => !word.startsWith("-"));
  if (argv[at] !== "help" || noun === undefined) return [...argv];
  if (noun === "help") return ["help"];
  if (!NOUNS.some(({ name }) => name === noun)) throw unknownCommand(noun);
  return [...argv.filter((word) => word.startsWith("-")), noun, ...verbs, "--help"];
}

function buildProgram(session: Session, output: ReturnType<typeof createOutput>): Command {
  const program = addGlobalFlags(new Command("cairn"))
    .description("Train one neural network together with people you don't know; Ethereum keeps the score.")
    .version(VERSION, "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.raw(text),
      writeErr: () => {}, // usage errors are reported once, by runCli
      outputError: () => {},
    });
  program.createHelp = () => createHelp(output.paint, output.columns);
  withExamples(program, "cairn init", "cairn doctor", "cairn node start --role trainer --data mnist:./mnist");
  for (const { name, summary } of NOUNS) inherit(program, program.command(name).summary(summary).description(summary));
  program.hook("preSubcommand", async (_, command) => {
    const noun = NOUNS.find(({ name }) => name === command.name());
    if (noun === undefined) return;
    await noun.define(command, session);
    for (const verb of command.commands) inherit(program, verb);
  });
  program.argument("[command]", "").action(async (word: string | undefined) => {
    if (word !== undefined) throw unknownCommand(word);
    const { overview } = await import("./overview.ts");
    output.raw(await overview(session.host, output));
  });
  return program.allowExcessArguments(true);
}

function unknownCommand(word: string): CliError {
  const like = nearest(
    word,
    NOUNS.map(({ name }) => name),
  );
  const hint = like === undefined ? "" : `; did you mean ${like}?`;
  return new CliError({ code: "CLI_USAGE" }, `there is no command "${word}"${hint}`);
}

/** Verbs look and fail as the program does; commander passes settings on only when a command is made, before ours. */
function inherit(program: Command, command: Command): void {
  command.copyInheritedSettings(program);
  command.createHelp = program.createHelp;
  command.allowExcessArguments(false);
}

/** `--json` and its like must hold even when the rest of the line makes no sense. */
function flagsBeforeParsing(argv: readonly string[]) {
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const verbose = own.reduce((n, arg) => n + (arg === "--verbose" ? 1 : (/^-(v+)$/.exec(arg)?.[1]?.length ?? 0)), 0);
  return {
    ...(own.includes("--json") ? { json: true as const } : {}),
    ...(own.includes("-q") || own.includes("--quiet") ? { quiet: true as const } : {}),
    verbose,
    color: !own.includes("--no-color"),
  };
}

function usageError(error: CommanderError, command: string): CliError {
  return new CliError({ code: "CLI_USAGE", command }, usageText(error.message), { cause: error });
}

/** Commander's sentence in our words, on one line. */
function usageText(message: string): string {
  const text = message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim();
  if (text === "(outputHelp)") return "a command is missing";
  const invalid =
    /^(?:option '(?:-\w, )?(--[\w-]+).*?' argument|command-argument value) '(.*)' is invalid(?: for argument '(.*)')?\. (.*)$/.exec(
      text,
    );
  return invalid === null ? text : `${invalid[1] ?? invalid[3]}: "${invalid[2]}" cannot be. ${invalid[4]}`;
}

/** The words of `argv` that name a command: `keys new`. */
function lastCommand(program: Command, argv: readonly string[]): string {
  const names: string[] = [];
  let current: Command | undefined = program;
  for (const word of argv) {
    current = current?.commands.find((candidate) => candidate.name() === word);
    if (current === undefined) {
      if (names.length > 0) break;
      current = program;
    } else names.push(word);
  }
  return names.join(" ");
}

function helpFor(command: string): string {
  return command === "" ? "cairn help" : `cairn ${command} --help`;
}
