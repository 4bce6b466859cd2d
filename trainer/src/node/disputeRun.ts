/** Opens a trainer's run as a dispute looks into it, from a task's work. */
import type { DisputeProgram } from "../audit/dispute/disputeProgram.ts";
import { DisputeRun } from "../audit/dispute/disputeRun.ts";
import type { RecordPath } from "../audit/dispute/reading.ts";
import type { Dataset } from "../data/dataset.ts";
import { leafPrefix } from "../data/manifest.ts";
import { streamedProof } from "../data/merkleStream.ts";
import type { Parameters } from "../engine/tensor.ts";
import { leafHash } from "../protocol/merkle.ts";

export interface TrainersRun {
  readonly program: DisputeProgram;
  readonly dataset: Dataset;
  /** What the round starts from. */
  readonly base: Parameters;
  /** The trainer's place in the task. */
  readonly slot: number;
  /** Of the training, 32 bytes. */
  readonly seed: Uint8Array;
}

/** The caller disposes it. @throws {EngineError} what the steps throw */
export function openDisputeRun({ program, dataset, base, slot, seed }: TrainersRun): Promise<DisputeRun> {
  const prefixBytes = leafPrefix(dataset.manifest).length;
  const { recordCount } = dataset.manifest;
  const recordBytes = (record: number): Uint8Array | undefined =>
    record < recordCount ? dataset.record(record).subarray(prefixBytes) : undefined;
  const shard = slot % program.shards.length;
  return DisputeRun.open({ program, base, records: dataset.train, recordBytes, shard, seed });
}

/** @returns what proves a record of the data set. Cost of a call: one hash a record of the whole set. */
export function recordPathOf(dataset: Dataset): RecordPath {
  const leafOf = (record: number): Uint8Array => leafHash(dataset.record(record));
  return (record) => streamedProof(leafOf, dataset.manifest.recordCount, record).siblings;
}
