/** The architecture that somebody chose: by a name, by the path of a document, or written out in a plan. */
import { resolve } from "node:path";
import { type Architecture, parseArchitecture } from "../engine/architecture.ts";
import { ARCHITECTURE_NAMES, type DataShape, namedArchitecture } from "../learning/namedArchitectures.ts";
import { CliError } from "./cliError.ts";
import { type DocumentFile, isDocumentPath, readDocumentFile } from "./documentFile.ts";
import { placed } from "./placed.ts";

export interface ChoiceOptions {
  /** What the names take their sizes from. With no classes the targets are `targetSize` values. */
  readonly data: DataShape & { readonly targetSize?: number };
  /** Where relative paths start. */
  readonly folder: string;
  /** What asked, for messages: `--model`, or the plan's line. */
  readonly what: string;
}

/**
 * @param text a name as {@link ARCHITECTURE_NAMES} has them, or the path of a YAML or JSON file.
 * @throws {CliError} `CLI_USAGE` | `CLI_FILE_UNREADABLE`; {EngineError} for an architecture that is none or does not fit
 */
export async function chooseArchitecture(text: string, { data, folder, what }: ChoiceOptions): Promise<Architecture> {
  const named = data.classes > 0 ? namedArchitecture(text, data) : ofValues(text, data);
  if (named !== undefined) return named;
  if (isDocumentPath(text)) return architectureIn(await readDocumentFile(resolve(folder, text), text));
  throw new CliError(
    { code: "CLI_USAGE" },
    `${what} must be ${ARCHITECTURE_NAMES}, or a .yaml or .json file, not "${text.slice(0, 80)}"`,
  );
}

/** The network of that name with a squared error, and as many outputs as there are values. */
function ofValues(text: string, { input, targetSize = 1 }: ChoiceOptions["data"]): Architecture | undefined {
  const named = namedArchitecture(text, { input, classes: 2 });
  if (named === undefined) return undefined;
  const layers = [...named.layers.slice(0, -1), { type: "dense", units: targetSize }];
  return parseArchitecture({ input, layers, loss: "meanSquaredError" });
}

/**
 * Accepts an architecture itself, a `cairn/model/v1` document around one, and a run's record.
 *
 * @throws {EngineError} with the line
 */
export function architectureIn(document: DocumentFile): Architecture {
  const { value, base } = unwrap(document.value, "$");
  return placed(document, base, () => parseArchitecture(value));
}

/** Down to what has layers. `base` is where it stands. */
function unwrap(value: unknown, base: string): { readonly value: unknown; readonly base: string } {
  for (const field of ["architecture", "identity"]) {
    if (typeof value !== "object" || value === null || "layers" in value || !Object.hasOwn(value, field)) continue;
    return unwrap((value as { readonly [field: string]: unknown })[field], `${base}.${field}`);
  }
  return { value, base };
}
