/** Every way in which training in a tab can be refused or fail. The pages' catalogue says each in words. */
import { TaggedError } from "@cairn/trainer/protocol/errors";

export type TrainDetail =
  | { readonly code: "TRAIN_TASK_UNKNOWN"; readonly taskId: string }
  | { readonly code: "TRAIN_TASK_UNSUPPORTED"; readonly mode: string }
  | { readonly code: "TRAIN_TASK_OVER" }
  | { readonly code: "TRAIN_PLAN_MISMATCH"; readonly actual: string; readonly expected: string }
  | { readonly code: "TRAIN_DATA_MISMATCH"; readonly actual: string; readonly expected: string; readonly name: string }
  | { readonly code: "TRAIN_PLAN_TOO_LARGE"; readonly neededBytes: number; readonly maxBytes: number }
  | { readonly code: "TRAIN_PLAN_TOO_SLOW"; readonly multiplications: number; readonly max: number }
  | { readonly code: "TRAIN_FEEDBACK_UNSUPPORTED" }
  | { readonly code: "TRAIN_GPU_NOT_REPLAYABLE" }
  | { readonly code: "TRAIN_GPU_RULE_UNSUPPORTED"; readonly rule: string }
  | { readonly code: "TRAIN_GPU_NO_WEBGPU" }
  | { readonly code: "TRAIN_GPU_NO_ADAPTER" }
  | { readonly code: "TRAIN_GPU_SOFTWARE"; readonly name: string }
  | { readonly code: "TRAIN_GPU_SLOWER"; readonly name: string; readonly figures: string }
  | { readonly code: "TRAIN_GPU_FAILED"; readonly problem: string }
  | { readonly code: "TRAIN_STORAGE_FAILED"; readonly operation: string }
  | { readonly code: "TRAIN_OPENING_MISSING"; readonly round: number }
  | { readonly code: "TRAIN_UPLOAD_FAILED"; readonly status: number | undefined }
  | { readonly code: "TRAIN_UPLOAD_WRONG"; readonly actual: string; readonly expected: string }
  | { readonly code: "TRAIN_NO_UPLOAD" }
  | { readonly code: "TRAIN_OTHER_TAB" }
  | { readonly code: "TRAIN_PACKAGE_FOREIGN"; readonly field: string }
  | { readonly code: "TRAIN_WALLET_CHANGED"; readonly account: string }
  | { readonly code: "TRAIN_WRITE_FAILED"; readonly reason: string };

export class TrainError extends TaggedError<TrainDetail> {}
