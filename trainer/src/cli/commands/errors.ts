/** `cairn errors [code]`: explains an error offline. */
import type { Command } from "commander";
import { nearest } from "../../engine/nearest.ts";
import { CliError } from "../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { allCodes, CATALOGUE, explain } from "../errorCatalogue.ts";
import { EXIT, EXIT_MEANING } from "../exitClass.ts";
import { withExamples } from "../help.ts";
import { wrap } from "../wrap.ts";

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn errors CHAIN_WRONG_CHAIN", "cairn errors")
    .description("Explains an error code, or lists every one there is. Needs no network.")
    .argument("[code]", "a code, such as CHAIN_WRONG_CHAIN")
    .action(action(session, "errors", explainError));
}

async function explainError({ output }: Context, code: string | undefined): Promise<Outcome> {
  return code === undefined ? listCodes(output.columns) : explainCode(code, output.columns);
}

function explainCode(asked: string, width: number): Outcome {
  const code = allCodes().find((known) => known.toLowerCase() === asked.toLowerCase());
  const row = code === undefined ? undefined : explain(code);
  if (code === undefined || row === undefined) {
    const like = nearest(asked, allCodes());
    throw new CliError(
      { code: "CLI_UNKNOWN_CODE", asked },
      `there is no error "${asked}"${like === undefined ? "" : `; did you mean ${like}?`}`,
    );
  }
  const exitCode = EXIT[row.exit];
  return {
    data: { code, what: row.what, next: row.next, exitCode, exitMeaning: EXIT_MEANING[row.exit] },
    text: (paint) =>
      [
        paint("bold", code),
        ...wrap(`  ${row.what}`, width, "  "),
        ...row.next
          .flatMap((step, i) => wrap(`  ${i === 0 ? "next:" : "     "} ${step}`, width, " ".repeat(8)))
          .map((line, i) => (i === 0 ? line.replace("next:", paint("cyan", "next:")) : line)),
        `  ${paint("dim", `exit ${exitCode}: ${EXIT_MEANING[row.exit]}`)}`,
      ].join("\n"),
  };
}

function listCodes(width: number): Outcome {
  const groups = Object.entries(CATALOGUE);
  return {
    data: groups.flatMap(([group, rows]) =>
      Object.entries(rows).map(([code, { what, next, exit }]) => ({ group, code, what, next, exitCode: EXIT[exit] })),
    ),
    text: (paint) =>
      groups
        .map(([group, rows]) =>
          [
            paint("bold", group),
            ...Object.entries(rows).map(
              ([code, row]) =>
                `  ${paint("cyan", code)} ${paint("dim", `exit ${EXIT[row.exit]}`)}\n${wrap(`      ${row.what}`, width, " ".repeat(6)).join("\n")}`,
            ),
          ].join("\n"),
        )
        .join("\n\n"),
  };
}
