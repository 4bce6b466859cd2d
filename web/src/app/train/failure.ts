/** What a failure of training means, in the visitor's language. */
import { isTagged } from "@cairn/trainer/protocol/errors";
import type { train } from "../../messages/train.ts";

type Texts = (typeof train)["en"]["errors"];

export function trainFailure(texts: Texts, error: unknown): { readonly text: string; readonly details: string } {
  const details = error instanceof Error ? error.message : String(error);
  return { text: textOf(texts, isTagged(error) ? error.code : undefined), details };
}

export function textOf(texts: Texts, code: string | undefined): string {
  const known = code !== undefined && Object.hasOwn(texts, code) ? texts[code as keyof Texts] : undefined;
  return known ?? texts.other;
}
