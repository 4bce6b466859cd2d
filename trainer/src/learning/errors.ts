/** Every expected failure of learning, as data. Must not hold behaviour. */
import { TaggedError } from "../protocol/errors.ts";

export type LearningDetail =
  | {
      readonly code: "LEARNING_DATA_MISMATCH";
      readonly what: "inputSize" | "targetSize" | "classes" | "vocabulary";
      readonly actual: number;
      readonly needed: number;
    }
  | { readonly code: "LEARNING_SHARD_EMPTY" }
  | { readonly code: "LEARNING_RECORD_OUT_OF_RANGE"; readonly index: number; readonly count: number }
  | { readonly code: "LEARNING_RULE_MALFORMED"; readonly path: string }
  | { readonly code: "LEARNING_TOO_FEW_RECORDS"; readonly actual: number; readonly needed: number }
  | { readonly code: "LEARNING_NO_UPDATES"; readonly leftOut: number }
  | { readonly code: "LEARNING_TOO_FEW_UPDATES"; readonly actual: number; readonly needed: number }
  | { readonly code: "LEARNING_NONE_TRUSTED"; readonly updates: number }
  | { readonly code: "LEARNING_ROOT_MISSING" }
  | { readonly code: "LEARNING_STATE_MISMATCH"; readonly name: string }
  | { readonly code: "LEARNING_RULE_OPTIMISER"; readonly kind: string }
  | { readonly code: "LEARNING_DUPLICATE_ADDRESS"; readonly address: string }
  | { readonly code: "LEARNING_UPDATE_MISMATCH"; readonly address: string; readonly name: string }
  | { readonly code: "LEARNING_NOT_FINITE"; readonly name: string }
  /** @property offset unit: bytes. */
  | { readonly code: "LEARNING_COMPRESSED_MALFORMED"; readonly offset: number }
  | { readonly code: "LEARNING_FEEDBACK_NOT_REPLAYABLE"; readonly codec: string };

/** Data, rules or updates that learning refuses. */
export class LearningError extends TaggedError<LearningDetail> {}
