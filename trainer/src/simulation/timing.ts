/** How long a simulated trainer takes for a round, and what it does when that is too long. Pure. */
import { exp32 } from "../engine/arithmetic.ts";
import type { NetworkModel } from "./scenario.ts";

export interface Timing {
  /** From the opening of the round to the last byte of the update. Unit: seconds. */
  readonly seconds: number;
  /** Local steps taken; 0: it gave up. */
  readonly steps: number;
}

/**
 * @param traits standard normals of speed, upload and download, and a uniform number that chooses the stragglers.
 * @param work steps of the plan, and the sizes of a version and an update. Unit: bytes.
 */
export function timingOf(
  model: NetworkModel,
  [speed, up, down, uniform]: readonly [number, number, number, number],
  { steps, versionBytes, updateBytes }: { steps: number; versionBytes: number; updateBytes: number },
): Timing {
  const factor = (normal: number): number => exp32(Math.fround(model.spread * normal * Math.LN2));
  const slowdown = uniform < model.stragglers.share ? model.stragglers.slowdown : 1;
  const stepSeconds = model.stepSeconds * factor(speed) * slowdown;
  const megabits = (bytes: number): number => (8 * bytes) / 1e6;
  const transfer =
    2 * model.latencySeconds +
    megabits(versionBytes) / (model.downMbps * factor(down)) +
    megabits(updateBytes) / (model.upMbps * factor(up));
  const whole = { seconds: transfer + steps * stepSeconds, steps };
  if (model.deadlineSeconds === 0 || whole.seconds <= model.deadlineSeconds) return whole;
  const possible = model.late === "drop" ? 0 : Math.floor((model.deadlineSeconds - transfer) / stepSeconds);
  const taken = Math.max(0, Math.min(steps, possible));
  return { seconds: taken === 0 ? model.deadlineSeconds : transfer + taken * stepSeconds, steps: taken };
}
