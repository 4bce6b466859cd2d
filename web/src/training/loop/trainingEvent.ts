/** What happens to a tab that trains, as it happens. Types only; `trainingState.ts` folds them for the page. */
import type { Phase } from "@cairn/trainer/protocol/contractEnums";
import type { Device, DeviceNotice, TrainProgress } from "../worker/trainCalls.ts";

/** What the tab is about to ask of the wallet. */
export type Signing = "commit" | "reveal";

export type TrainingEvent =
  /** Another phase of a round. */
  | {
      readonly type: "phase";
      readonly round: number;
      readonly phase: Phase;
      readonly deadline: number;
      /** What the chain has of this trainer by now. */
      readonly committed: boolean;
      readonly revealed: boolean;
    }
  /** The first round in which this trainer may commit has not opened. */
  | { readonly type: "waiting"; readonly round: number }
  | { readonly type: "fetching"; readonly round: number; readonly version: number }
  | { readonly type: "training"; readonly round: number; readonly localSteps: number }
  | { readonly type: "progress"; readonly progress: TrainProgress }
  /** The graphics card failed; the processor trains from the base again. */
  | { readonly type: "fellBack"; readonly notice: DeviceNotice }
  | {
      readonly type: "trained";
      readonly round: number;
      readonly digest: string;
      readonly loss: number;
      readonly seconds: number;
      readonly device: Device;
    }
  /** Salt and update are on disk. */
  | { readonly type: "kept"; readonly round: number }
  | { readonly type: "published"; readonly round: number }
  | { readonly type: "signing"; readonly round: number; readonly what: Signing }
  /** The visitor said no in the wallet; nothing is lost, and the page offers to ask again. */
  | { readonly type: "declined"; readonly round: number; readonly what: Signing }
  | { readonly type: "committed"; readonly round: number }
  | { readonly type: "revealed"; readonly round: number }
  /** The round is left out: it could not be finished in time. */
  | {
      readonly type: "tooLate";
      readonly round: number;
      readonly neededSeconds: number;
      readonly leftSeconds: number;
    }
  /** A commitment on chain that this browser cannot open. */
  | { readonly type: "openingMissing"; readonly round: number }
  | {
      readonly type: "over";
      readonly round: number;
      readonly outcome: "accepted" | "rejected" | "failed" | "none";
    }
  | { readonly type: "problem"; readonly code: string; readonly message: string }
  /** What was wrong is not any more. */
  | { readonly type: "recovered" }
  | { readonly type: "finishing" }
  | { readonly type: "stopped"; readonly reason: "finished" | "stopped" | "tasks done" | "left" };
