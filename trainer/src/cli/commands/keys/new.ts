/** `cairn keys new [name]`: makes a key and stores it encrypted. */
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { createKeystore } from "../../keystore/createKeystore.ts";
import { keystorePath } from "../../keystore/keystoreFolder.ts";
import { createPrivateKey } from "../../keystore/privateKey.ts";

interface Options {
  readonly fastScrypt?: true;
}

export function defineKeysNew(parent: Command, session: Session): void {
  const command = parent.command("new").summary("make a key, stored encrypted");
  withExamples(command, "cairn keys new", "cairn keys new lab --password-file secret.txt")
    .description("Makes a new key and stores it encrypted. Prints its address.")
    .argument("[name]", "name of the keystore", "default")
    .option("--fast-scrypt", "weak encryption that opens at once: for the local chain only")
    .action(action(session, "keys.new", keysNew));
}

async function keysNew(context: Context, name: string, { fastScrypt }: Options): Promise<Outcome> {
  const config = await context.config();
  const path = keystorePath(config.keystoreDir, name);
  const fast = fastScrypt === true;
  return createKeystore(context, { key: createPrivateKey(), name, path, fast }, config);
}
