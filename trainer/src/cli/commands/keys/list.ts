/** `cairn keys list`: the keystores of this machine. Opens none of them. */
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { listKeystores } from "../../keystore/keystoreFolder.ts";
import { checksumAddress } from "../../keystore/privateKey.ts";
import { table } from "../../table.ts";

export function defineKeysList(parent: Command, session: Session): void {
  parent
    .command("list")
    .summary("list the keystores")
    .description("Lists the keystores of this machine; * marks the one in use. Asks for no password.")
    .action(action(session, "keys.list", keysList));
}

async function keysList({ config, output }: Context): Promise<Outcome> {
  const { keystoreDir, settings } = await config();
  const keys = (await listKeystores(keystoreDir)).map(({ name, path, keystore }) => ({
    name,
    address: keystore.address === undefined ? null : checksumAddress(keystore.address),
    kdf: keystore.crypto.kdf,
    inUse: name === settings.account,
    path,
  }));
  if (keys.length === 0)
    output.say(`no keystores in ${keystoreDir}; make one with: cairn keys new ${settings.account}`);
  return {
    data: keys,
    text: (paint) =>
      keys.length === 0
        ? ""
        : table(
            ["NAME", "ADDRESS", "KDF"],
            keys.map(({ name, address, kdf, inUse }) => [`${name}${inUse ? "*" : ""}`, address ?? "—", kdf]),
            paint,
          ),
  };
}
