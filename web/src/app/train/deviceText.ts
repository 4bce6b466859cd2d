/** What computes, in words. */
import type { train } from "../../messages/train.ts";
import type { Device } from "../../training/worker/trainCalls.ts";

export function deviceText(t: (typeof train)["en"], device: Device): string {
  return device.kind === "gpu" ? device.name : t.machine.processor(device.threads);
}
