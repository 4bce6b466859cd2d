/** How help looks: what it does, examples, then the lists. Plain text where there is no colour. */
import { type Command, Help } from "commander";
import type { Paint } from "./output.ts";
import { wrap } from "./wrap.ts";

const examplesOf = new WeakMap<Command, readonly string[]>();

/** Gives `command` examples, which its help shows before anything else. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  examplesOf.set(command, examples);
  return command;
}

/** Help with the examples first; `width` is that of the terminal. */
export function createHelp(paint: Paint, width: number): Help {
  const help = Object.assign(new Help(), {
    helpWidth: width,
    sortSubcommands: false,
    showGlobalOptions: false,
    commandUsage: (command: Command) => usageOf(command),
    subcommandTerm: (command: Command) => `${command.name()}${argumentsOf(command)}`,
    formatHelp: (command: Command, self: Help) => formatHelp(command, self, paint, width),
  });
  return help;
}

function formatHelp(command: Command, help: Help, paint: Paint, width: number): string {
  const rows = (items: readonly (readonly [string, string])[]): readonly string[] => {
    const column = Math.min(28, Math.max(0, ...items.map(([term]) => term.length)) + 2);
    return items.flatMap(([term, text]) => wrapRow(term, text, { column, width, paint }));
  };
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ["", paint("bold", title), ...lines];
  const examples = examplesOf.get(command) ?? [];
  return [
    ...(command.description() || command.summary()).split("\n").flatMap((line) => wrap(line, width)),
    ...section(
      "Examples",
      examples.map((line) => `  ${paint("dim", "$")} ${line}`),
    ),
    ...section("Usage", [`  ${help.commandUsage(command)}`]),
    ...section(
      "Arguments",
      rows(
        help
          .visibleArguments(command)
          .filter((a) => a.description !== "")
          .map((a) => [a.name(), help.argumentDescription(a)]),
      ),
    ),
    ...section(
      "Commands",
      rows(help.visibleCommands(command).map((c) => [help.subcommandTerm(c), c.summary() || c.description()])),
    ),
    ...section(command.parent === null ? "Options of every command" : "Options", rows(optionRows(command, help))),
    ...(command.parent === null ? [] : ["", paint("dim", "cairn help shows the options that every command knows.")]),
    "",
  ].join("\n");
}

function optionRows(command: Command, help: Help): readonly (readonly [string, string])[] {
  return help
    .visibleOptions(command)
    .filter(({ long }) => long !== "--help")
    .map((option) => [help.optionTerm(option), help.optionDescription(option)]);
}

function wrapRow(
  term: string,
  text: string,
  { column, width, paint }: { readonly column: number; readonly width: number; readonly paint: Paint },
): readonly string[] {
  const lines = wrap(text, Math.max(20, width - column - 2));
  const indent = " ".repeat(column + 2);
  const own = term.length + 2 > column;
  const head = own ? [`  ${paint("cyan", term)}`] : [];
  return [
    ...head,
    ...lines.map((row, i) =>
      i === 0 && !own ? `  ${paint("cyan", term)}${" ".repeat(column - term.length)}${row}` : indent + row,
    ),
  ];
}

function usageOf(command: Command): string {
  const names: string[] = [];
  for (let c: Command | null = command; c !== null; c = c.parent) names.unshift(c.name());
  const verb = command.commands.length > 0 ? " <command>" : argumentsOf(command);
  const options = command.options.length > 0 ? " [options]" : "";
  return `${names.join(" ")}${verb}${options}`;
}

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((a) => ` ${a.required ? `<${a.name()}${a.variadic ? "…" : ""}>` : `[${a.name()}${a.variadic ? "…" : ""}]`}`)
    .join("");
}
