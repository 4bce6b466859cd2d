/** The grammar of a reference: `KIND`, `KIND:PATH` or `KIND:PATH,name=value,…`. Knows no kind. Pure. */
import { DATA_REFERENCES, DataError } from "./dataError.ts";

export interface Reference {
  readonly kind: string;
  /** As it was typed; undefined where there is no colon. */
  readonly path: string | undefined;
  readonly options: ReadonlyMap<string, string>;
}

/** Options at the end of a path. Commas, because shells leave them alone, unlike `?` and `&`. */
const OPTIONS = /(?:,[a-z]+=[^,]*)+$/;

/** @throws {DataError} `DATA_REFERENCE_UNKNOWN` when nothing stands after the colon | `DATA_OPTION_INVALID` for a repeated option */
export function parseReference(text: string): Reference {
  const colon = text.indexOf(":");
  if (colon < 0) return { kind: text, path: undefined, options: new Map() };
  const rest = text.slice(colon + 1);
  const tail = OPTIONS.exec(rest);
  const path = tail === null ? rest : rest.slice(0, tail.index);
  if (colon === 0 || path === "") throw referenceUnknown(text);
  const options = new Map<string, string>();
  for (const pair of (tail?.[0] ?? "").split(",").slice(1)) {
    const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    if (options.has(name)) throw optionInvalid(name, value, "is given twice");
    options.set(name, value);
  }
  return { kind: text.slice(0, colon), path, options };
}

/** Throws when there is an option that is not among `known`. */
export function requireKnownOptions(options: ReadonlyMap<string, string>, known: readonly string[]): void {
  for (const [name, value] of options) {
    if (!known.includes(name)) throw optionInvalid(name, value, "does not exist here");
  }
}

export function referenceUnknown(reference: string): DataError {
  return new DataError(
    { code: "DATA_REFERENCE_UNKNOWN", reference },
    `no data set is called ${JSON.stringify(reference)}; there are ${DATA_REFERENCES}`,
  );
}

export function optionInvalid(option: string, value: string, problem: string): DataError {
  return new DataError(
    { code: "DATA_OPTION_INVALID", option, value },
    `the option ${JSON.stringify(`${option}=${value}`)} ${problem}`,
  );
}
