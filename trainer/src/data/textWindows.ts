/** Where the records of a text lie among its tokens. Pure. */
import type { RecordSegment } from "./recordFile.ts";
import type { TokenLayout } from "./recordLayout.ts";

/** The first nine tenths of the tokens train, the rest tests; no window reaches over the cut. */
const TRAIN_TENTHS = 9;

export interface TokenFile {
  readonly file: string;
  readonly tokens: number;
  readonly tokenBytes: 1 | 2;
}

/** @returns the windows that train and those that test; a count is 0 where the text is too short. */
export function textSegments(
  { file, tokens, tokenBytes }: TokenFile,
  { length, stride }: Pick<TokenLayout, "length" | "stride">,
): readonly [train: Required<RecordSegment>, test: Required<RecordSegment>] {
  const cut = Math.floor((tokens * TRAIN_TENTHS) / 10);
  const segment = (from: number, to: number): Required<RecordSegment> => ({
    file,
    offset: from * tokenBytes,
    strideBytes: stride * tokenBytes,
    count: Math.max(0, Math.floor((to - from - (length + 1)) / stride) + 1),
  });
  return [segment(0, cut), segment(cut, tokens)];
}

/** @returns tokens that a text must have so that both splits have a window of `length`. */
export function tokensNeeded(length: number): number {
  return 10 * length + 1; // the last tenth, rounded up, must hold one window of length + 1
}
