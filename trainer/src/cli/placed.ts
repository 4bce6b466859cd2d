/** Puts the line of a file in front of what the engine says about a field of it. Code and facts stay as they are. */
import { EngineError } from "../engine/errors.ts";
import type { DocumentFile } from "./documentFile.ts";

/**
 * @param base field of the document at which the engine's own `$` stands, for example `$.architecture`.
 * @throws what `parse` throws
 */
export function placed<T>(document: DocumentFile, base: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof EngineError) || !("path" in error.detail)) throw error;
    const field = error.detail.path.replace(/^\$/, () => base);
    throw new EngineError(error.detail, `${document.place(field)}: ${error.message}`, { cause: error });
  }
}
