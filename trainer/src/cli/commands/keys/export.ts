/** `cairn keys export [name]`: a copy of the keystore, still encrypted. There is no export of the raw key. */
import { constants, copyFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { CliError } from "../../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { readKeystore } from "../../keystore/keystoreFolder.ts";

interface Options {
  readonly output?: string;
}

export function defineKeysExport(parent: Command, session: Session): void {
  const command = parent.command("export").summary("copy a keystore, still encrypted");
  withExamples(command, "cairn keys export default -o backup.json", "cairn keys export lab > lab.json")
    .description("Copies a keystore for backup or for cast and geth. It stays encrypted under its password.")
    .argument("[name]", "name or file; without it the account in use")
    .option("-o, --output <file>", "where to; without it the keystore goes to stdout")
    .action(action(session, "keys.export", keysExport));
}

async function keysExport(context: Context, name: string | undefined, options: Options): Promise<Outcome> {
  const { keystoreDir, settings } = await context.config();
  const { path, keystore } = await readKeystore(keystoreDir, name ?? settings.account);
  if (options.output === undefined) return { data: keystore, text: () => JSON.stringify(keystore, null, 2) };
  const to = resolve(context.host.cwd, options.output);
  try {
    await copyFile(path, to, constants.COPYFILE_EXCL);
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    if (exists)
      throw new CliError({ code: "CLI_FILE_EXISTS", path: to }, `${to} exists and is not overwritten`, { cause });
    throw new CliError({ code: "CLI_FILE_UNWRITABLE", path: to }, `cannot write ${to}`, { cause });
  }
  context.output.done(`copied to ${to}; it opens with the same password`);
  return { data: { path: to }, text: () => to };
}
