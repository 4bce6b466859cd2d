/**
 * What a record's bytes mean: the part of a manifest from which anybody gets the same inputs and targets. Data only.
 *
 * Every conversion is exact or rounds once in binary32 (round to nearest even), so all machines agree:
 *
 * | field | bytes in the record | numbers |
 * | --- | --- | --- |
 * | pixel | 1 | `fl(p / 255)` |
 * | class, category | 1, or 2 little-endian where there are more than 256 | its number; as an input one number a category, 1 at its own and 0 elsewhere |
 * | number | binary32 little-endian | `fl(fl(x − mean) / deviation)` |
 * | token | 1, or 2 little-endian where the vocabulary is larger than 256 | its number |
 */

/** Class ‖ pixels, row-major in the order of the manifest's `inputShape`. */
export interface ImageLayout {
  readonly kind: "images";
}

/** Input fields in order, then the target's. */
export interface TableLayout {
  readonly kind: "table";
  readonly inputs: readonly TableInput[];
  readonly target: TableTarget;
}

export type TableInput = NumberColumn | CategoryColumn;

/** A column of numbers; mean 0 and deviation 1 leave them as they are. Both are binary32 numbers. */
export interface NumberColumn {
  readonly type: "number";
  readonly column: string;
  readonly mean: number;
  /** Greater than 0. */
  readonly deviation: number;
}

export interface CategoryColumn {
  readonly type: "category";
  readonly column: string;
  readonly categories: readonly string[];
}

export type TableTarget =
  /** Its classes are the manifest's `classNames`. */
  | { readonly type: "class"; readonly column: string }
  | { readonly type: "numbers"; readonly columns: readonly NumberColumn[] };

/** `length + 1` tokens: all but the last are the input, all but the first the target. */
export interface TokenLayout {
  readonly kind: "tokens";
  /** Tokens of one input. */
  readonly length: number;
  /** From the first token of a record to that of the next in the same split. */
  readonly stride: number;
  /** What the tokens stand for: bytes, or Unicode code points in ascending order. */
  readonly vocabulary: "bytes" | readonly number[];
}

export type RecordLayout = ImageLayout | TableLayout | TokenLayout;

/** Most characters a vocabulary may have, so that it fits into a manifest. */
export const MAX_VOCABULARY = 8_000;

/** Most classes or categories that two bytes can name. */
export const MAX_CODES = 65_536;

/** Most numbers of one input or target: what an engine can reasonably take. */
export const MAX_NUMBERS = 16_777_216;

/** @returns bytes of a field that names one of `codes` things. */
export function codeBytes(codes: number): 1 | 2 {
  return codes <= 256 ? 1 : 2;
}

/** The lengths that follow from a layout; a manifest must agree with them. */
export interface LayoutSizes {
  /** Numbers of one input. */
  readonly inputSize: number;
  readonly targetSize: number;
  readonly recordBytes: number;
}

/** @param pixels product of the input shape; only images need it. */
export function sizesOf(layout: RecordLayout, classes: number, pixels: number): LayoutSizes {
  switch (layout.kind) {
    case "images":
      return { inputSize: pixels, targetSize: 1, recordBytes: codeBytes(classes) + pixels };
    case "tokens": {
      const { length } = layout;
      return { inputSize: length, targetSize: length, recordBytes: (length + 1) * codeBytes(classes) };
    }
    case "table":
      return tableSizes(layout, classes);
    default:
      return layout satisfies never;
  }
}

function tableSizes({ inputs, target }: TableLayout, classes: number): LayoutSizes {
  const targetSize = target.type === "class" ? 1 : target.columns.length;
  const targetBytes = target.type === "class" ? codeBytes(classes) : 4 * targetSize;
  const sum = (sizeOf: (input: TableInput) => number): number =>
    inputs.reduce((total, input) => total + sizeOf(input), 0);
  return {
    inputSize: sum((input) => (input.type === "number" ? 1 : input.categories.length)),
    targetSize,
    recordBytes: sum((input) => (input.type === "number" ? 4 : codeBytes(input.categories.length))) + targetBytes,
  };
}
