/** Every way in which a model cannot be tried in a tab. The pages' catalogue says each in words. */
import { TaggedError } from "@cairn/trainer/protocol/errors";

export type InferDetail =
  | { readonly code: "INFER_MODEL_TOO_LARGE"; readonly maxBytes: number }
  | { readonly code: "INFER_NOT_AN_IMAGE_MODEL" }
  | { readonly code: "INFER_NO_TEST_DATA"; readonly actual: string; readonly expected: string }
  | {
      readonly code: "INFER_IMAGE_TOO_LARGE";
      readonly width: number;
      readonly height: number;
      readonly maxPixels: number;
    }
  | { readonly code: "INFER_FILE_TOO_LARGE"; readonly bytes: number; readonly maxBytes: number }
  | { readonly code: "INFER_IMAGE_UNREADABLE" }
  | { readonly code: "INFER_IMAGE_EMPTY" };

export class InferError extends TaggedError<InferDetail> {}
