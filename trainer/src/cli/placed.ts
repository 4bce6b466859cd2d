/** Puts the line of a file in front of what the engine says about a field of it. Code and facts stay as they are. */
import { EngineError } from "../engine/errors.ts";
import { LearningError } from "../learning/errors.ts";
import type { DocumentFile } from "./documentFile.ts";

/**
 * @param base field of the document at which the engine's own `$` stands, for example `$.architecture`.
 * @throws what `parse` throws
 */
export function placed<T>(document: DocumentFile, base: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const isOurs = error instanceof EngineError || error instanceof LearningError;
    if (!isOurs || !("path" in error.detail)) throw error;
    const place = document.place(error.detail.path.replace(/^\$/, () => base));
    const text = `${place}: ${error.message}`;
    if (error instanceof EngineError) throw new EngineError(error.detail, text, { cause: error });
    throw new LearningError(error.detail, text, { cause: error });
  }
}
