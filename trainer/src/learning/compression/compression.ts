/** What a plan says of how updates travel, and how it is read. */
import { readFields } from "../../engine/fields.ts";
import type { TrainingPlan } from "../../protocol/plan.ts";
import { LearningError } from "../errors.ts";
import { CODECS, type Codec, mostKept } from "./format.ts";

export interface Compression {
  readonly codec: Codec;
  /** Whether a trainer adds to an update what its earlier ones lost. Then nobody else can compute the bytes again. */
  readonly errorFeedback: boolean;
}

/** As the plan has it: `{ codec, k?, errorFeedback? }`. */
export interface CompressionChoice {
  readonly codec: Codec["kind"];
  /** Only of codecs that keep some of the values. */
  readonly k?: number;
  readonly errorFeedback: boolean;
}

/** Values kept of a chunk where a plan does not say: about a hundredth of the bytes, for topK that of SparseLoCo. */
const DEFAULT_KEPT = { topK: 64, ternary: 2_688, dct: 2_688 } as const;

/**
 * Fields that are left out get their defaults, so that a plan says it all.
 *
 * @param value JSON from anywhere.
 * @throws {LearningError} `LEARNING_RULE_MALFORMED` naming the path
 */
export function parseCompression(value: unknown): Compression {
  const refuse = (path: string, problem: string): LearningError =>
    new LearningError({ code: "LEARNING_RULE_MALFORMED", path }, `the compression's ${path} ${problem}`);
  const fields = readFields(value, "$", refuse);
  const kind = fields.word("codec", CODECS);
  const keeps = kind === "topK" || kind === "ternary" || kind === "dct";
  fields.only(keeps ? ["k", "errorFeedback"] : ["errorFeedback"]);
  const errorFeedback = fields.has("errorFeedback") ? fields.flag("errorFeedback") : false;
  if (!keeps) return { codec: { kind }, errorFeedback };
  const k = fields.has("k") ? fields.integer("k", 1, mostKept(kind)) : DEFAULT_KEPT[kind];
  return { codec: { kind, k }, errorFeedback };
}

/** @returns what {@link parseCompression} reads as the same. */
export function compressionChoice({ codec: { kind, ...kept }, errorFeedback }: Compression): CompressionChoice {
  return { codec: kind, ...kept, errorFeedback };
}

/** @returns `undefined` where updates are whole weights. @throws {LearningError} `LEARNING_RULE_MALFORMED` */
export function plannedCompression({ compression }: Pick<TrainingPlan, "compression">): Compression | undefined {
  return compression === undefined ? undefined : parseCompression(compression);
}

/**
 * What an earlier update lost is known to its trainer alone. An auditor would need every round of that trainer since the
 * first, or the residual itself, which is as large as what compression saves.
 *
 * @throws {LearningError} `LEARNING_FEEDBACK_NOT_REPLAYABLE`
 */
export function requireReplayable(compression: Compression | undefined): void {
  if (compression?.errorFeedback !== true) return;
  throw new LearningError(
    { code: "LEARNING_FEEDBACK_NOT_REPLAYABLE", codec: compression.codec.kind },
    "updates that are compressed with error feedback cannot be replayed: the task must be Private, or errorFeedback false",
  );
}
