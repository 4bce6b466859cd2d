/** Asks before something that cannot be undone; `--yes` answers, and without a terminal it refuses and says so. */
import { CliError } from "./cliError.ts";
import type { Context } from "./command.ts";

/** @throws {CliError} `CLI_INPUT_NEEDED` | `CLI_CANCELLED` when the answer is no */
export async function confirm({ host, output, flags, signal }: Context, question: string): Promise<void> {
  if (flags.yes === true) return;
  if (!flags.input || !host.interactive) {
    throw new CliError({ code: "CLI_INPUT_NEEDED", flag: "--yes" }, `"${question}" needs an answer: give --yes`);
  }
  output.progress("");
  if (!(await host.ask.confirm(question, signal))) throw new CliError({ code: "CLI_CANCELLED" }, "cancelled");
}
