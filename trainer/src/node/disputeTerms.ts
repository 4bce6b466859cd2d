/** What a task's plan is as a dispute's terms: the same for its owner, who fixes them, and for whoever joins. */
import type { DataPlan } from "../audit/dispute/dataWrites.ts";
import { type DisputeProgram, disputeProgram } from "../audit/dispute/disputeProgram.ts";
import { type MeanProgram, meanProgram } from "../audit/dispute/mean/meanProgram.ts";
import type { Dataset, DatasetManifest } from "../data/dataset.ts";
import { leafPrefix } from "../data/manifest.ts";
import { codeBytes } from "../data/recordLayout.ts";
import { parametersByteLength } from "../engine/checkpoint.ts";
import type { TrainingProgram } from "../engine/program.ts";
import { parseAggregationRule } from "../learning/aggregation/rule.ts";
import { plannedProgram, plannedShards } from "../learning/plannedTraining.ts";
import { CHUNK_BYTES } from "../protocol/contentRef.ts";
import type { TrainingPlan } from "../protocol/plan.ts";

export interface PlannedWork {
  readonly plan: TrainingPlan;
  readonly dataset: Dataset;
  /** @default compiled from the plan */
  readonly program?: TrainingProgram;
  /** @default cut by the plan */
  readonly shards?: readonly Uint32Array[];
}

/** Rules that change every local step outside the training program, where no instruction of a dispute could show it. */
const CORRECTING: readonly string[] = ["fedprox", "scaffold"];

/** @returns why updates of the plan cannot be disputed; undefined where they can. */
export function undisputable(plan: TrainingPlan, manifest: DatasetManifest): string | undefined {
  const { kind } = parseAggregationRule(plan.aggregation);
  if (plan.compression !== undefined) return "a compressed update does not end in its parameters' root";
  if (CORRECTING.includes(kind)) return `${kind} corrects every step outside the training program`;
  if (dataPlanOf(manifest) === undefined) return "records of tables have no instructions yet";
  if (manifest.recordBytes > MAX_RECORD_BYTES)
    return `records of more than ${MAX_RECORD_BYTES} bytes fit no transaction`;
  return undefined;
}

/**
 * Cost: one hash for every 16 record numbers and one a step.
 *
 * @returns undefined where {@link undisputable} says why.
 */
export function disputeTerms({ plan, dataset, program, shards }: PlannedWork): DisputeProgram | undefined {
  const { manifest } = dataset;
  const data = dataPlanOf(manifest);
  if (data === undefined || undisputable(plan, manifest) !== undefined) return undefined;
  const compiled = program ?? plannedProgram(plan);
  if (!hasReadableTail(compiled) || !hasProvableStreams(compiled)) return undefined;
  return disputeProgram({
    program: compiled,
    steps: plan.localSteps,
    shards: shards ?? plannedShards(plan, dataset.labels("train")),
    data,
    recordPrefix: leafPrefix(manifest),
  });
}

/** @returns how the plan's aggregate is computed; undefined where it is no mean by samples, or its file has no readable end. */
export function aggregateTerms(plan: TrainingPlan, program: TrainingProgram): MeanProgram | undefined {
  const isMean = parseAggregationRule(plan.aggregation).kind === "fedavg" && plan.compression === undefined;
  return isMean && hasReadableTail(program) ? meanProgram(program) : undefined;
}

/** The chain reads a file's last 32 bytes from one chunk, of files of up to 1,024 chunks. */
function hasReadableTail(program: TrainingProgram): boolean {
  const length = parametersByteLength(program);
  const last = ((length - 1) % CHUNK_BYTES) + 1;
  return last >= ROOT_BYTES && length <= MAX_CHUNKS * CHUNK_BYTES;
}

/** A name as long as two nodes could pass for what is above them, so the chain takes none. Layers nested deep have such. */
function hasProvableStreams({ streams }: TrainingProgram): boolean {
  return streams.every((name) => name.length !== 2 * NODE_BYTES);
}

/** Whoever proves a byte shows its record, and nodes pass on no transaction of more than 128 KiB. */
const MAX_RECORD_BYTES = 98_304;
const NODE_BYTES = 32;
const ROOT_BYTES = 32;
const MAX_CHUNKS = 1_024;

function dataPlanOf(manifest: DatasetManifest): DataPlan | undefined {
  const firstRecord = manifest.splits.train[0];
  const kind = manifest.schema === "cairn/dataset/v1" ? "images" : manifest.layout.kind;
  if (kind === "table") return undefined;
  return { firstRecord, codeBytes: codeBytes(manifest.classes), layout: kind };
}
