/**
 * Reads a file that a person wrote, YAML or JSON, and knows on which line each field of it stands.
 *
 * YAML 1.2's core schema alone: no tags, few aliases, no key twice. Must not know what the document is about.
 */
import type { Document, LineCounter } from "yaml";
import { CliError } from "./cliError.ts";
import { readInput } from "./inputFile.ts";

export interface DocumentFile {
  readonly path: string;
  readonly value: unknown;
  /**
   * @param field for example `$.layers[2].units`.
   * @returns where the field stands, or else the nearest around it: `plan.yaml, line 7`.
   */
  place(field: string): string;
  /** @returns a scalar as it is written, which a number with more digits than binary64 needs; `undefined` when it is none. */
  source(field: string): string | undefined;
}

/** Far beyond any plan, small enough to parse at once. Unit: bytes. */
const MAX_BYTES = 1_048_576;
/** Uses of `*alias` that one document may resolve: enough to share a block, not to grow without end. */
const MAX_ALIASES = 100;

/**
 * @param label how messages name the file. @default path
 * @throws {CliError} `CLI_FILE_UNREADABLE`, with line and column where the text is no document
 */
export async function readDocumentFile(path: string, label = path): Promise<DocumentFile> {
  return parseDocument(await readText(path, label), path, label);
}

/** @returns whether `path` ends as files that {@link readDocumentFile} reads do. */
export function isDocumentPath(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}

/** @throws {CliError} `CLI_FILE_UNREADABLE` */
export async function parseDocument(text: string, path: string, label = path): Promise<DocumentFile> {
  const { parseDocument: parse, LineCounter } = await import("yaml");
  const lines = new LineCounter();
  const document = parse(text, { lineCounter: lines, prettyErrors: false, strict: true, stringKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  const refuse = (at: number | undefined, what: string, cause?: unknown): CliError => {
    const where = at === undefined ? "" : `, ${positionText(lines, at)}`;
    return new CliError({ code: "CLI_FILE_UNREADABLE", path }, `${label}${where}: ${what}`, { cause });
  };
  if (problem !== undefined) throw refuse(problem.pos[0], sentence(problem.message), problem);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw refuse(undefined, "its aliases make it too large", cause);
  }
  return {
    path,
    value,
    place(field) {
      const at = offsetOf(document, pathOf(field));
      return at === undefined ? label : `${label}, line ${lines.linePos(at).line}`;
    },
    source(field) {
      const node = document.getIn(pathOf(field), true) as { readonly source?: unknown } | undefined;
      return typeof node?.source === "string" ? node.source : undefined;
    },
  };
}

function positionText(lines: LineCounter, at: number): string {
  const { line, col } = lines.linePos(at);
  return `line ${line}, column ${col}`;
}

/** `$.layers[2].units` → `["layers", 2, "units"]`. */
function pathOf(field: string): (string | number)[] {
  return [...field.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

/** Where the longest part of `path` that is there begins. A map's own field is found by its key, so that lines are exact. */
function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { readonly range?: readonly number[] | null }
      | undefined;
    const at = node?.range?.[0];
    if (at !== undefined) return at;
  }
  return undefined;
}

/** The parser's messages begin with a capital, may go on for lines, and now and then speak to programmers. */
function sentence(message: string): string {
  if (message.includes("multiple documents")) return "a second document begins; one is read";
  if (message.includes("call stack")) return "it is nested too deeply";
  const [first = ""] = message.split("\n", 1);
  return first.charAt(0).toLowerCase() + first.slice(1);
}

async function readText(path: string, label: string): Promise<string> {
  return new TextDecoder().decode(await readInput(path, { maxBytes: MAX_BYTES, label }));
}
