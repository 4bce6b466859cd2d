/** Turns whatever was thrown into what is shown: code, message, next steps, exit code. Prints nothing. */
import { basename } from "node:path";
import { isTagged } from "../protocol/errors.ts";
import { aligned, type Entry, entry } from "./catalogue/entry.ts";
import { explain } from "./errorCatalogue.ts";
import { EXIT } from "./exitClass.ts";
import type { Report } from "./output.ts";

export interface ReportOptions {
  readonly verbosity: number;
  /** Set when a signal stopped the command: its exit code stands then, whatever was thrown on the way out. */
  readonly signal?: "SIGINT" | "SIGTERM" | undefined;
  /** What was typed: `keys.new`. Whoever typed it wrongly is sent to its help. */
  readonly command?: string | undefined;
}

/** @returns the report of `error`. Expected errors show a stack only at `-vv`, bugs at `-v`. */
export function reportOf(error: unknown, { verbosity, signal, command }: ReportOptions): Report {
  const stopped = signal === undefined ? undefined : EXIT[signal === "SIGINT" ? "interrupted" : "terminated"];
  if (!isTagged(error)) {
    if (stopped !== undefined) {
      return { code: "CLI_CANCELLED", message: "stopped", next: [], exitCode: stopped };
    }
    return bugReport(error, verbosity);
  }
  const { what, next, exit } = rowOf(error.code, error.detail);
  return {
    code: error.code,
    message: error.message === "" ? what : error.message,
    next: error.code === "CLI_USAGE" && command !== undefined ? [`cairn help ${command.replaceAll(".", " ")}`] : next,
    exitCode: stopped ?? EXIT[exit],
    stack: verbosity > 1 ? stackOf(error) : undefined,
  };
}

/** A refusal of a contract is explained by the contract's own error where there is a row for it. */
function rowOf(code: string, detail: object) {
  const general = explain(code) ?? entry("bug", "An error that the catalogue does not know.", "please report it");
  if (!("errorName" in detail) || typeof detail.errorName !== "string") return fitted(general, detail);
  const row = explain(detail.errorName);
  if (row === undefined) return general;
  return { ...row, next: [row.what, ...row.next] };
}

/** The row with this machine's names in its steps, so that they can be typed as they stand. */
function fitted(row: Entry, detail: object): Entry {
  const { code, account, file } = detail as { readonly [name: string]: unknown };
  if (code === "KEYSTORE_NOT_FOUND" && typeof account === "string")
    return { ...row, next: aligned(row.next.map((step) => step.replaceAll("NAME", () => account))) };
  if (code === "CONFIG_NETWORK_MISSING" && typeof file === "string") {
    const step = `add "network": "FILE" to ${basename(file)}   # FILE is a deployment record`;
    return { ...row, next: aligned([step, ...row.next.slice(1)]) };
  }
  return row;
}

function bugReport(error: unknown, verbosity: number): Report {
  const message = error instanceof Error ? `${error.name}: ${firstLine(error.message)}` : String(error);
  return {
    code: "CLI_BUG",
    message: `${message} (this is a bug in cairn)`,
    next:
      verbosity > 0 ? ["please report it with the lines below"] : ["run it again with -v and report what it prints"],
    exitCode: EXIT.bug,
    stack: verbosity > 0 ? stackOf(error) : undefined,
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
