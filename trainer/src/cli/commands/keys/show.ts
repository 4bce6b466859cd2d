/** `cairn keys show [name]`: one keystore's address and file. Opens it only when the file hides the address. */
import type { Command } from "commander";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { readKeystore } from "../../keystore/keystoreFolder.ts";
import { decryptKeystore } from "../../keystore/keystoreV3.ts";
import { addressOf, checksumAddress } from "../../keystore/privateKey.ts";
import { readPassword } from "../../password.ts";
import { fields } from "../../table.ts";

export function defineKeysShow(parent: Command, session: Session): void {
  parent
    .command("show")
    .summary("show a keystore's address and file")
    .description("Shows a keystore's address and file. The private key is never shown; see keys export.")
    .argument("[name]", "name or file; without it the account in use")
    .action(action(session, "keys.show", keysShow));
}

async function keysShow({ host, signal, config, passwordSource }: Context, name: string | undefined): Promise<Outcome> {
  const loaded = await config();
  const { path, keystore } = await readKeystore(loaded.keystoreDir, name ?? loaded.settings.account);
  const account = name ?? loaded.settings.account;
  const read = () => readPassword(host, passwordSource(loaded), `Password of ${account}`, { signal });
  const address =
    keystore.address === undefined
      ? addressOf(await decryptKeystore(keystore, await read()))
      : checksumAddress(keystore.address);
  const { kdf, kdfparams } = keystore.crypto;
  const cost = kdf === "scrypt" ? { n: kdfparams.n, r: kdfparams.r, p: kdfparams.p } : { c: kdfparams.c };
  return {
    data: { name: account, address, path, kdf, cost },
    text: (paint) =>
      fields(
        [
          ["address", address],
          ["file", path],
          [
            "kdf",
            `${kdf} ${Object.entries(cost)
              .map(([key, value]) => `${key}=${value}`)
              .join(" ")}`,
          ],
        ],
        paint,
      ),
  };
}
