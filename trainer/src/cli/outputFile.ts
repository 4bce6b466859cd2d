/** Writes a file that a command was asked for; one that is there already only when it is told to. */
import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { CliError } from "./cliError.ts";
import { reasonOf } from "./inputFile.ts";

/** @throws {CliError} `CLI_FILE_EXISTS` | `CLI_FILE_UNWRITABLE` */
export async function writeOutput(path: string, content: Uint8Array | string, force: boolean): Promise<void> {
  try {
    await writeFile(path, content, { flag: force ? "w" : "wx" });
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    if (exists)
      throw new CliError({ code: "CLI_FILE_EXISTS", path }, `${path} exists and is not overwritten`, { cause });
    const why = reasonOf(cause);
    const text = `cannot write ${path}${why === "" ? "" : `: ${why}`}`;
    throw new CliError({ code: "CLI_FILE_UNWRITABLE", path }, text, { cause });
  }
}

/** @returns `path` as it is shortest to type from `cwd`. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith("..") ? path : short;
}

/** @returns `text` as one word of a POSIX shell, so that a hint can be typed as it stands. */
export function shellWord(text: string): string {
  return /^[\w./:=,@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
