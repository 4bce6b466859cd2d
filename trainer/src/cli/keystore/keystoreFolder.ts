/** Keystore files by name, in one folder. Writes are atomic, private (0600) and never over an older file. */
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { looksLikePath } from "../config.ts";
import { KeystoreError } from "./keystoreError.ts";
import { type KeystoreV3, parseKeystore } from "./keystoreV3.ts";

export interface NamedKeystore {
  readonly name: string;
  readonly path: string;
  readonly keystore: KeystoreV3;
}

/** @returns the file of `account`: itself when it is a path, else `<name>.json` in the folder. */
export function keystorePath(keystoreDir: string, account: string): string {
  if (looksLikePath(account)) return account;
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(account)) {
    throw new KeystoreError(
      { code: "KEYSTORE_NAME_INVALID", name: account },
      `"${account}" is not a name: letters, digits, - and _, at most 64, starting with a letter or digit`,
    );
  }
  return join(keystoreDir, `${account}.json`);
}

/** @throws {KeystoreError} `KEYSTORE_NOT_FOUND` | `KEYSTORE_UNREADABLE` | `KEYSTORE_MALFORMED` | `KEYSTORE_UNSUPPORTED` */
export async function readKeystore(keystoreDir: string, account: string): Promise<NamedKeystore> {
  const path = keystorePath(keystoreDir, account);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isErrno(cause, "ENOENT")) {
      throw new KeystoreError({ code: "KEYSTORE_NOT_FOUND", account, path }, `there is no keystore at ${path}`, {
        cause,
      });
    }
    throw new KeystoreError({ code: "KEYSTORE_UNREADABLE", path }, `cannot read ${path}`, { cause });
  }
  return { name: account, path, keystore: parseKeystore(text) };
}

/** @returns every keystore of the folder by name; files that are none are left out. */
export async function listKeystores(keystoreDir: string): Promise<NamedKeystore[]> {
  const files = await readdir(keystoreDir).catch((cause: unknown) => {
    if (isErrno(cause, "ENOENT")) return [];
    throw new KeystoreError({ code: "KEYSTORE_UNREADABLE", path: keystoreDir }, `cannot read ${keystoreDir}`, {
      cause,
    });
  });
  const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
  const found: NamedKeystore[] = [];
  for (const name of names.sort()) {
    const keystore = await readKeystore(keystoreDir, name).catch((error: unknown) => {
      if (error instanceof KeystoreError) return undefined;
      throw error;
    });
    if (keystore !== undefined) found.push(keystore);
  }
  return found;
}

/** @throws {KeystoreError} `KEYSTORE_EXISTS` when something is at `path` already; it is left as it is | `KEYSTORE_UNWRITABLE` */
export async function writeKeystore(path: string, keystore: KeystoreV3): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(aside, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(keystore, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(aside, path); // unlike rename, it refuses when the name is taken
  } catch (cause) {
    if (isErrno(cause, "EEXIST")) {
      throw new KeystoreError({ code: "KEYSTORE_EXISTS", path }, `${path} exists and is not overwritten`, { cause });
    }
    throw new KeystoreError({ code: "KEYSTORE_UNWRITABLE", path }, `cannot write ${path}`, { cause });
  } finally {
    await rm(aside, { force: true });
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
