/** What a catalogue of texts is, and what its second language must have. Types and one function; pure. */

export const LANGUAGES = ["en", "de"] as const;

export type Language = (typeof LANGUAGES)[number];

/** A text, or a function of what the text is about: plurals and word order are the language's own business. */
export interface Texts {
  // biome-ignore lint/suspicious/noExplicitAny: the parameters are the first language's to choose
  readonly [key: string]: string | readonly string[] | ((...args: any[]) => string) | Texts;
}

/** The same keys, with texts of its own: one missing or one too many does not compile. */
export type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends readonly string[]
      ? readonly string[]
      : T[K] extends (...args: infer A) => string
        ? (...args: A) => string
        : Translated<T[K]>;
};

export type Catalogue<T> = Readonly<Record<Language, Translated<T>>>;

/** Joins an area's two languages; `useTexts(catalogue)` picks the visitor's. */
export function catalogue<const T extends Texts>(en: T, de: Translated<NoInfer<T>>): Catalogue<T> {
  return { en: en as unknown as Translated<T>, de };
}
