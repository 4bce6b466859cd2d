/** What a failure of training means, in the visitor's language. */
import { isTagged } from "@cairn/trainer/protocol/errors";
import type { train } from "../../messages/train.ts";
import type { DeviceChoice } from "../../training/worker/deviceChoice.ts";

type Texts = (typeof train)["en"]["errors"];

export function trainFailure(texts: Texts, error: unknown): { readonly text: string; readonly details: string } {
  const details = error instanceof Error ? error.message : String(error);
  return { text: textOf(texts, codeOf(error)), details };
}

export function codeOf(error: unknown): string | undefined {
  return isTagged(error) ? error.code : undefined;
}

export function textOf(texts: Texts, code: string | undefined): string {
  const known = code !== undefined && Object.hasOwn(texts, code) ? texts[code as keyof Texts] : undefined;
  return known ?? texts.other;
}

/** What ends a training on a graphics card and need not end one on the processor. */
const OF_CARDS = /^(TRAIN_GPU_|ENGINE_DEVICE_|ENGINE_OUT_OF_MEMORY$|ENGINE_NOT_FINITE$)/;

/** Whether the processor is worth offering. */
export function isCardFailure(code: string | undefined, device: DeviceChoice): boolean {
  return device === "gpu" && code !== undefined && OF_CARDS.test(code);
}
