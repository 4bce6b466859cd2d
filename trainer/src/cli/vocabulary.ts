/** Text as tokens and back: UTF-8 bytes, or the characters of a list. Pure. */
import type { Dataset } from "../data/dataset.ts";
import { counted } from "../protocol/counted.ts";
import { CliError } from "./cliError.ts";

/** Bytes, or Unicode code points by token. */
export type Vocabulary = "bytes" | readonly number[];

/** @throws {CliError} `CLI_USAGE` naming the first character that the vocabulary lacks */
export function encodeText(text: string, vocabulary: Vocabulary): number[] {
  if (vocabulary === "bytes") return [...new TextEncoder().encode(text)];
  const tokenOf = new Map(vocabulary.map((point, token) => [point, token]));
  return [...text].map((character) => {
    const token = tokenOf.get(character.codePointAt(0)!);
    if (token !== undefined) return token;
    throw new CliError({ code: "CLI_USAGE" }, `the model does not know the character ${JSON.stringify(character)}`);
  });
}

/** @returns the text; bytes that are no UTF-8 become U+FFFD. */
export function decodeTokens(tokens: readonly number[], vocabulary: Vocabulary): string {
  if (vocabulary === "bytes") return new TextDecoder().decode(Uint8Array.from(tokens));
  return tokens.map((token) => String.fromCodePoint(vocabulary[token] ?? 0xfffd)).join("");
}

/** @returns the vocabulary that a text was made with; `undefined` of any other data. */
export function vocabularyOf({ manifest }: Pick<Dataset, "manifest">): Vocabulary | undefined {
  return "layout" in manifest && manifest.layout.kind === "tokens" ? manifest.layout.vocabulary : undefined;
}

/**
 * Token numbers mean characters only by their vocabulary: another one of the same size fits, and means other characters.
 *
 * @throws {CliError} `CLI_VOCABULARY_DIFFERS` naming both
 */
export function requireSameVocabulary(model: Vocabulary, data: Vocabulary): void {
  if (`${model}` === `${data}`) return;
  const [expected, actual] = [vocabularyText(model, data), vocabularyText(data, model)];
  throw new CliError(
    { code: "CLI_VOCABULARY_DIFFERS", actual, expected },
    `the model's vocabulary is ${expected}, the data's ${actual}: the same token means something else`,
  );
}

/** With the first token by which it differs from `other`. */
function vocabularyText(vocabulary: Vocabulary, other: Vocabulary): string {
  if (vocabulary === "bytes") return "bytes";
  const size = counted(vocabulary.length, "character");
  const at = other === "bytes" ? -1 : vocabulary.findIndex((point, token) => point !== other[token]);
  return at < 0 ? size : `${size} (token ${at} is ${JSON.stringify(String.fromCodePoint(vocabulary[at]!))})`;
}

/** @returns the vocabulary in a document of a model or a data set; `undefined` when it is none. */
export function readVocabulary(value: unknown): Vocabulary | undefined {
  if (value === "bytes") return value;
  const isPoint = (point: unknown): point is number =>
    typeof point === "number" && Number.isInteger(point) && point >= 0 && point <= 0x10ffff;
  return Array.isArray(value) && value.length > 0 && value.every(isPoint) ? value : undefined;
}
