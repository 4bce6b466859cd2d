/** What the page asks of its server and tells it. Types only. */
import type { Device } from "../../../web/src/training/worker/trainCalls.ts";

/** GET /job. */
export interface PageJob {
  /** `plan` in base64. */
  readonly plans: readonly { readonly name: string; readonly plan: string }[];
  /** Of each measurement. */
  readonly seconds: number;
  /** What to measure on. */
  readonly devices: readonly ("wasm" | "gpu")[];
}

export interface TabSpeed {
  readonly samplesPerSecond: number;
  readonly device: Device;
}

/** POST /result, the last thing that the page does. */
export type PageResult =
  | {
      readonly userAgent: string;
      /** By plan and device, as in `mlp:128 gpu`; a device that can't be used says why. */
      readonly speeds: Readonly<Record<string, TabSpeed | { readonly problem: string }>>;
      readonly longestTaskMs: number;
    }
  | { readonly problem: string };
