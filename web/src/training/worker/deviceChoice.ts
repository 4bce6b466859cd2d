/** What a visitor may choose to compute on, and when a graphics card is out of the question before any is asked. Pure. */
import type { AggregationRule } from "@cairn/trainer/learning/aggregation/rule";
import { TrainError } from "../trainError.ts";

/** `auto`: the faster one of those that may be used. */
export const DEVICE_CHOICES = ["auto", "gpu", "wasm"] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

export interface DeviceWish {
  readonly choice: DeviceChoice;
  /** Whether the processor takes over where the card can't be used or fails; of `auto` it always does. */
  readonly mayFallBack: boolean;
}

/** Whose updates a tab can make. */
export const TAB_MODES = ["Replayable", "Private"] as const;
export type TabMode = (typeof TAB_MODES)[number];

/** @returns why no card may train in such a task; `undefined` when one may. */
export function cardRefusal(mode: TabMode, { kind }: Pick<AggregationRule, "kind">): TrainError | undefined {
  if (mode === "Replayable") {
    return new TrainError(
      { code: "TRAIN_GPU_NOT_REPLAYABLE" },
      "a graphics card gives no bits that others can compute again, and the task is Replayable",
    );
  }
  if (kind !== "fedprox" && kind !== "scaffold") return undefined;
  return new TrainError(
    { code: "TRAIN_GPU_RULE_UNSUPPORTED", rule: kind },
    `${kind} corrects every step, which only the processor's engine does`,
  );
}
