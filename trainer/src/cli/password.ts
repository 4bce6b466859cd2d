/** Where a password comes from: a file, stdin, or a person. Never an argument, never a variable. */
import { readFile } from "node:fs/promises";
import { CliError } from "./cliError.ts";
import type { Host } from "./host.ts";
import { KeystoreError } from "./keystore/keystoreError.ts";

export interface PasswordSource {
  readonly file?: string | undefined;
  readonly stdin: boolean;
  /** `--no-input`: ask nobody. */
  readonly noInput: boolean;
}

/**
 * @param purpose what the person is told, e.g. `Password of default`.
 * @param options `confirm` asks twice, for a password that is being chosen.
 * @returns the password; one line break at the end of a file or of stdin is not part of it.
 * @throws {CliError} `CLI_INPUT_NEEDED` when a person would have to be asked and cannot be
 * @throws {KeystoreError} `KEYSTORE_PASSWORD_UNREADABLE` | `KEYSTORE_PASSWORD_EMPTY` | `KEYSTORE_PASSWORD_DIFFERS`
 */
export async function readPassword(
  host: Host,
  source: PasswordSource,
  purpose: string,
  options: { readonly signal: AbortSignal; readonly confirm?: boolean },
): Promise<string> {
  const password = await obtain(host, source, purpose, options);
  if (password === "") throw new KeystoreError({ code: "KEYSTORE_PASSWORD_EMPTY" }, "the password is empty");
  return password;
}

async function obtain(
  host: Host,
  { file, stdin, noInput }: PasswordSource,
  purpose: string,
  { signal, confirm = false }: { readonly signal: AbortSignal; readonly confirm?: boolean },
): Promise<string> {
  if (stdin) return firstLine(await host.readStdin());
  if (file !== undefined) {
    try {
      return firstLine(await readFile(file, "utf8"));
    } catch (cause) {
      const detail = { code: "KEYSTORE_PASSWORD_UNREADABLE", path: file } as const;
      throw new KeystoreError(detail, `cannot read the password file ${file}`, { cause });
    }
  }
  if (noInput || !host.interactive) {
    throw new CliError(
      { code: "CLI_INPUT_NEEDED", flag: "--password-file" },
      "a password is needed, and there is nobody to ask",
    );
  }
  const password = await host.ask.password(purpose, signal);
  if (confirm && (await host.ask.password("The same again", signal)) !== password) {
    throw new KeystoreError({ code: "KEYSTORE_PASSWORD_DIFFERS" }, "the two passwords differ");
  }
  return password;
}

function firstLine(text: string): string {
  return text.replace(/\r?\n$/, "");
}
