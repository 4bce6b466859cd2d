/** `cairn keys import [name]`: takes over a key, from a keystore of cast or geth or as hex on stdin. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { CliError } from "../../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { createKeystore } from "../../keystore/createKeystore.ts";
import { keystorePath, writeKeystore } from "../../keystore/keystoreFolder.ts";
import { decryptKeystore, type KeystoreV3, parseKeystore } from "../../keystore/keystoreV3.ts";
import { addressOf, parsePrivateKey } from "../../keystore/privateKey.ts";
import { readPassword } from "../../password.ts";

interface Options {
  readonly keystore?: string;
  readonly keyFile?: string;
  readonly keyStdin?: true;
  readonly fastScrypt?: true;
}

export function defineKeysImport(parent: Command, session: Session): void {
  const command = parent.command("import").summary("take over a key from cast, geth or stdin");
  withExamples(
    command,
    "cairn keys import lab --keystore ~/.foundry/keystores/lab",
    "pass show eth/lab | cairn keys import lab --key-stdin --password-file secret.txt",
  )
    .description("Takes over a key. A raw key comes from a file, stdin or a hidden prompt, never as an argument.")
    .argument("[name]", "name of the keystore", "default")
    .option("--keystore <file>", "a version 3 keystore; it keeps its password")
    .option("--key-file <file>", "a file that holds 64 hex digits")
    .option("--key-stdin", "read 64 hex digits from stdin")
    .option("--fast-scrypt", "weak encryption that opens at once: for the local chain only")
    .action(action(session, "keys.import", keysImport));
}

async function keysImport(context: Context, name: string, options: Options): Promise<Outcome> {
  const config = await context.config();
  const path = keystorePath(config.keystoreDir, name);
  if (options.keystore !== undefined) return copyKeystore(context, name, { from: options.keystore, to: path });
  const key = parsePrivateKey(await readKeyText(context, options));
  return createKeystore(context, { key, name, path, fast: options.fastScrypt === true }, config);
}

/** Opens the file once, so that a wrong password or a damaged file shows now and not when a stake hangs on it. */
async function copyKeystore(
  { host, output, signal, config, passwordSource }: Context,
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Outcome> {
  const keystore = parseKeystore(await readText(resolve(host.cwd, from)));
  const password = await readPassword(host, passwordSource(await config()), `Password of ${from}`, { signal });
  const address = addressOf(await decryptKeystore(keystore, password));
  const named: KeystoreV3 = { ...keystore, address: address.slice(2).toLowerCase() };
  await writeKeystore(to, named);
  output.done(`${name} is stored in ${to}, under the same password`);
  return { data: { name, address, path: to, fastScrypt: false }, text: () => address };
}

async function readKeyText({ host, flags, signal }: Context, { keyFile, keyStdin }: Options): Promise<string> {
  if (keyFile !== undefined) return readText(resolve(host.cwd, keyFile));
  if (keyStdin === true) {
    if (flags.passwordStdin !== true) return host.readStdin();
    throw new CliError({ code: "CLI_USAGE" }, "key and password cannot both come from stdin; use --password-file");
  }
  if (!flags.input || !host.interactive) {
    throw new CliError(
      { code: "CLI_INPUT_NEEDED", flag: "--key-stdin" },
      "a private key is needed, and there is nobody to ask",
    );
  }
  return host.ask.password("Private key (64 hex digits, hidden)", signal);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CliError({ code: "CLI_FILE_UNREADABLE", path }, `cannot read ${path}`, { cause });
  }
}
