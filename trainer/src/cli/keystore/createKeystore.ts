/** Asks for a password, encrypts a key and writes its file: the common end of `keys new`, `keys import` and `init`. */
import { access } from "node:fs/promises";
import type { Context, Outcome } from "../command.ts";
import type { Config } from "../config.ts";
import { readPassword } from "../password.ts";
import { KeystoreError } from "./keystoreError.ts";
import { writeKeystore } from "./keystoreFolder.ts";
import { encryptKeystore, SCRYPT_FAST_N, SCRYPT_STANDARD_N } from "./keystoreV3.ts";
import { addressOf } from "./privateKey.ts";

export interface NewKeystore {
  readonly key: Uint8Array;
  readonly name: string;
  readonly path: string;
  /** Weak encryption: only for keys of a local chain. */
  readonly fast: boolean;
}

/**
 * @returns the address as the command's result.
 * @throws {KeystoreError} `KEYSTORE_EXISTS` before a password is asked for | as `writeKeystore` and `readPassword`
 */
export async function createKeystore(
  { host, output, signal, passwordSource }: Context,
  { key, name, path, fast }: NewKeystore,
  config: Config,
): Promise<Outcome> {
  await refuseExisting(path);
  const purpose = `Choose a password for ${name}`;
  const password = await readPassword(host, passwordSource(config), purpose, { signal, confirm: true });
  if (fast) output.warn("--fast-scrypt: this password is easy to guess; use the key on the local chain only");
  const address = addressOf(key);
  const n = fast ? SCRYPT_FAST_N : SCRYPT_STANDARD_N;
  await writeKeystore(path, await encryptKeystore(key, password, { address, n }));
  output.done(`${name} is stored encrypted in ${path}`);
  output.say("  Keep a copy of this file and its password: nobody can restore either.");
  return { data: { name, address, path, fastScrypt: fast }, text: () => address };
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new KeystoreError({ code: "KEYSTORE_EXISTS", path }, `${path} exists and is not overwritten`);
}
