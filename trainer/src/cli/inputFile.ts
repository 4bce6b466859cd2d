/**
 * Reads a file that a person named: whole, bounded, and with the reason in words where it cannot be read.
 *
 * Devices and pipes are refused, since they may never end. Must not know what is in the file.
 */
import { readFile, stat } from "node:fs/promises";
import { CliError } from "./cliError.ts";
import { bytesText } from "./table.ts";

export interface InputLimits {
  /** Unit: bytes. */
  readonly maxBytes: number;
  /** How messages name the file. @default path */
  readonly label?: string;
}

/** @throws {CliError} `CLI_FILE_UNREADABLE` with the reason */
export async function readInput(path: string, { maxBytes, label = path }: InputLimits): Promise<Uint8Array> {
  const refuse = (why: string, cause?: unknown): CliError =>
    new CliError({ code: "CLI_FILE_UNREADABLE", path }, `cannot read ${label}${why === "" ? "" : `: ${why}`}`, {
      cause,
    });
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw refuse("it is a folder");
    if (!facts.isFile()) throw refuse("it is no file, but a device or a pipe");
    if (facts.size > maxBytes) throw refuse(`it has ${bytesText(facts.size)}, ${bytesText(maxBytes)} at most`);
    return await readFile(path);
  } catch (cause) {
    throw cause instanceof CliError ? cause : refuse(reasonOf(cause), cause);
  }
}

/** @returns why the operating system refused, in words; nothing where it said nothing that helps. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? (REASONS[String(cause.code)] ?? "") : "";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder", // where a folder was to be made
  EACCES: "it may not be accessed",
  EPERM: "it may not be accessed",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  EIO: "the disk reports an error",
};
