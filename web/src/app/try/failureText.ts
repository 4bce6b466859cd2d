/** What a failure of trying a model means, in the visitor's language. */
import { isTagged } from "@cairn/trainer/protocol/errors";
import type { tryModel } from "../../messages/try.ts";

type Texts = (typeof tryModel)["en"]["errors"];

export interface FailureText {
  readonly code: string | undefined;
  readonly text: string;
  readonly details: string;
}

export function failureText(texts: Texts, error: unknown): FailureText {
  const code = isTagged(error) ? error.code : undefined;
  const known = code !== undefined && Object.hasOwn(texts, code) ? texts[code as keyof Texts] : undefined;
  return { code, text: known ?? texts.other, details: error instanceof Error ? error.message : String(error) };
}
