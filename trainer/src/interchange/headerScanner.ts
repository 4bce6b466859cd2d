/**
 * Tokens of a JSON text from a stranger. Knows JSON's grammar, not what the text is about.
 *
 * JSON.parse cannot stand here: it takes the last of two equal keys without a word, rounds whole numbers, and builds
 * whatever it reads. This scanner builds only what its caller asks for.
 */

/** Makes the caller's coded error. */
export type RefuseText = (problem: string) => Error;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** No whole number up to 2^53 − 1 has more. */
const MAX_DIGITS = 16;
const DIGITS = /\d+/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** A class for its place in the text. Every method first passes white space. */
export class HeaderScanner {
  readonly #text: string;
  readonly #refuse: RefuseText;
  #at = 0;

  constructor(text: string, refuse: RefuseText) {
    this.#text = text;
    this.#refuse = refuse;
  }

  /** Passes `token`. @returns whether it was there. */
  take(token: string): boolean {
    while (isWhite(this.#code())) this.#at++;
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** Like `take`, but refuses anything else. */
  expect(token: string): void {
    if (!this.take(token)) throw this.#refusal(`no ${token}`);
  }

  /** A string, with its escapes resolved. */
  string(): string {
    this.expect('"');
    const from = this.#at;
    let hasEscapes = false;
    for (let code = this.#code(); code !== QUOTE; code = this.#code()) {
      if (Number.isNaN(code) || code < SPACE) throw this.#refusal("an end of the string missing");
      hasEscapes ||= code === BACKSLASH;
      this.#at += code === BACKSLASH ? 2 : 1;
    }
    const raw = this.#text.slice(from, this.#at++);
    return hasEscapes ? this.#resolveEscapes(raw) : raw;
  }

  /** A whole number from 0 to 2^53 − 1, written without sign, fraction or exponent. */
  wholeNumber(): number {
    this.take("");
    const digits = this.#match(DIGITS);
    const isPlain = digits === "0" || (digits !== undefined && digits[0] !== "0" && digits.length <= MAX_DIGITS);
    if (isPlain && Number.isSafeInteger(Number(digits)) && !".eE".includes(this.#text[this.#at] ?? " "))
      return Number(digits);
    throw this.#refusal("no whole number below 2^53");
  }

  /** Walks over any value, nested at most `depth` deep. Builds nothing. */
  skipValue(depth: number): void {
    if (this.take("{")) this.#skipMembers(depth, "}");
    else if (this.take("[")) this.#skipMembers(depth, "]");
    else if (this.#code() === QUOTE) this.string();
    else if (this.#match(WORD) === undefined && this.#match(NUMBER) === undefined) throw this.#refusal("no value");
  }

  /** Refuses anything but white space before the end. */
  end(): void {
    this.take("");
    if (this.#at < this.#text.length) throw this.#refusal("something after the end");
  }

  #skipMembers(depth: number, close: string): void {
    if (depth === 0) throw this.#refusal("a value nested too deep");
    if (this.take(close)) return;
    do {
      if (close === "}") {
        this.string();
        this.expect(":");
      }
      this.skipValue(depth - 1);
    } while (this.take(","));
    this.expect(close);
  }

  /** Half a surrogate pair is no text. */
  #resolveEscapes(raw: string): string {
    let text: string;
    try {
      text = JSON.parse(`"${raw}"`) as string;
    } catch {
      throw this.#refusal("an escape that JSON does not have");
    }
    if (!text.isWellFormed()) throw this.#refusal("half a surrogate pair");
    return text;
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #refusal(found: string): Error {
    return this.#refuse(`has ${found} at character ${this.#at}`);
  }
}

function isWhite(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;
}
