/**
 * Plain text as windows of tokens: bytes read where they lie, or characters converted once into token numbers. Node only.
 */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { type ConversionOptions, type Converted, openConverted } from "./convertedDataset.ts";
import { DataError } from "./dataError.ts";
import type { Dataset } from "./dataset.ts";
import { openRecordFiles } from "./recordFile.ts";
import { codeBytes, MAX_NUMBERS, MAX_VOCABULARY, type TokenLayout } from "./recordLayout.ts";
import { createAppender } from "./recordWriter.ts";
import { optionInvalid, requireKnownOptions } from "./reference.ts";
import { bindRecords } from "./sourcedDataset.ts";
import { codePointsOf, digestOf } from "./sourceFile.ts";
import { textSegments, tokensNeeded } from "./textWindows.ts";

export interface TextOptions {
  readonly vocabulary: "bytes" | "characters";
  /** Tokens of one input. @default 64 */
  readonly length: number;
  /** From one window to the next. @default length, so that no token is predicted twice */
  readonly stride: number;
}

/** @throws {DataError} `DATA_OPTION_INVALID` */
export function parseTextOptions(options: ReadonlyMap<string, string>): TextOptions {
  requireKnownOptions(options, ["vocabulary", "length", "stride"]);
  const vocabulary = options.get("vocabulary") ?? "bytes";
  if (vocabulary !== "bytes" && vocabulary !== "characters") {
    throw optionInvalid("vocabulary", vocabulary, "must be bytes or characters");
  }
  const length = wholeNumber(options, "length", 64);
  return { vocabulary, length, stride: wholeNumber(options, "stride", length) };
}

function wholeNumber(options: ReadonlyMap<string, string>, name: string, otherwise: number): number {
  const text = options.get(name);
  if (text === undefined) return otherwise;
  const value = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_NUMBERS) return value;
  throw optionInvalid(name, text, `must be a whole number from 1 to ${MAX_NUMBERS}`);
}

/**
 * @returns records whose input is `length` tokens and whose target is the token after each. The first nine tenths of the
 *   text train, the rest tests.
 * @throws {DataError} `DATA_FILE_MISSING` | `DATA_FILE_UNREADABLE` | `DATA_TEXT_TOO_SHORT` | `DATA_TEXT_ENCODING` |
 *   `DATA_VOCABULARY_TOO_LARGE` | as `openConverted` and `bindRecords`
 */
export async function openText(file: string, options: TextOptions, cache: ConversionOptions): Promise<Dataset> {
  const name = basename(file);
  const named = { name: name.replace(/\.[a-z]+$/i, ""), source: `file ${name}`, licence: "unknown" };
  const { length, stride } = options;
  if (options.vocabulary === "characters") {
    const key = await digestOf(file, ["characters", length, stride], cache.signal);
    const convert = (part: string): Promise<Converted> =>
      convertCharacters({ file, part, signal: cache.signal }, options);
    return openConverted({ key, named, convert }, cache);
  }
  const layout: TokenLayout = { kind: "tokens", length, stride, vocabulary: "bytes" };
  const tokens = (await stat(file).catch(() => undefined))?.size ?? 0; // what is wrong is told when it is opened
  const segments = textSegments({ file, tokens, tokenBytes: 1 }, layout);
  const source = openRecordFiles(segments, { recordBytes: length + 1 });
  if (segments.some(({ count }) => count === 0)) {
    source.close();
    throw tooShort(file, tokens, length);
  }
  const description = { ...named, classNames: [] };
  return bindRecords({
    description,
    source,
    trainCount: segments[0].count,
    inputShape: [length],
    layout,
    signal: cache.signal,
  });
}

interface CharacterFile {
  readonly file: string;
  /** Where the tokens go. */
  readonly part: string;
  readonly signal: AbortSignal | undefined;
}

async function convertCharacters(paths: CharacterFile, { length, stride }: TextOptions): Promise<Converted> {
  const { file, signal } = paths;
  const found = new Set<number>();
  let tokens = 0;
  for await (const points of codePointsOf(file, signal)) {
    for (const point of points) found.add(point);
    tokens += points.length;
    if (found.size > MAX_VOCABULARY) throw vocabularyTooLarge(file);
  }
  if (tokens < tokensNeeded(length)) throw tooShort(file, tokens, length);
  const vocabulary = [...found].sort((a, b) => a - b);
  await writeTokens(paths, vocabulary);
  const layout: TokenLayout = { kind: "tokens", length, stride, vocabulary };
  const [{ count: trainCount }] = textSegments({ file, tokens, tokenBytes: codeBytes(vocabulary.length) }, layout);
  return { classNames: [], inputShape: [length], layout, trainCount };
}

async function writeTokens({ file, part, signal }: CharacterFile, vocabulary: readonly number[]): Promise<void> {
  const tokenOf = new Map(vocabulary.map((point, token) => [point, token]));
  const width = codeBytes(vocabulary.length);
  const out = await createAppender(part);
  try {
    for await (const points of codePointsOf(file, signal)) {
      const tokens = Uint16Array.from(points, (point) => tokenOf.get(point) ?? 0);
      await out.append(width === 1 ? Uint8Array.from(tokens) : littleEndian(tokens));
    }
    await out.flush();
  } finally {
    await out.close();
  }
}

function littleEndian(tokens: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * tokens.length);
  const view = new DataView(bytes.buffer);
  tokens.forEach((token, i) => {
    view.setUint16(2 * i, token, true);
  });
  return bytes;
}

function tooShort(file: string, actual: number, length: number): DataError {
  const needed = tokensNeeded(length);
  return new DataError(
    { code: "DATA_TEXT_TOO_SHORT", file, actual, needed },
    `${file} has ${actual} tokens; windows of ${length} need ${needed}, so that a tenth of them can test`,
  );
}

function vocabularyTooLarge(file: string): DataError {
  return new DataError(
    { code: "DATA_VOCABULARY_TOO_LARGE", file, limit: MAX_VOCABULARY },
    `${file} has more than ${MAX_VOCABULARY} different characters`,
  );
}
