/** A member's part in a merge: make the merged version of all cohorts in the epoch, store it, and attest its digest. */
import { type CohortView, readCohorts } from "../chain/cohorts.ts";
import type { CallOptions, Chain } from "../chain/connection.ts";
import { readRound, readTask, revealedUpdates } from "../chain/task.ts";
import { decodeVersion, encodeParameters } from "../engine/checkpoint.ts";
import type { Parameters } from "../engine/tensor.ts";
import { type Merge, openMerge } from "../learning/mergeVersions.ts";
import type { ContentRef } from "../protocol/contentRef.ts";
import { atOnce } from "./atOnce.ts";
import type { Job, JobSources } from "./job.ts";
import type { SeenMerge } from "./mergeLook.ts";
import type { NodeEvent } from "./nodeEvent.ts";
import { timed } from "./roundContext.ts";
import { problemOf } from "./updateFetch.ts";

export interface MergeContext extends Pick<JobSources, "chain" | "store"> {
  readonly job: Pick<Job, "taskId" | "executor">;
  readonly emit: (event: NodeEvent) => void;
  readonly signal: AbortSignal;
}

/** Makes the merged version, stores it, and attests it for this cohort. */
export async function attestMerge(context: MergeContext, { groupId, cohort, group }: SeenMerge): Promise<void> {
  const { chain, store, job, signal, emit } = context;
  const entered = (await readCohorts(chain, { groupId, cohorts: group.cohorts }, { signal })).flatMap((view, index) =>
    view.enteredEpoch === group.epoch ? [{ view, index }] : [],
  );
  const { seconds, value } = await timed(() => mergeEntries(context, entered));
  const { digest, byteLength } = await store.put(encodeParameters(value.parameters), { signal });
  const place = { task: `${job.taskId}`, group: `${groupId}`, epoch: group.epoch };
  emit({ event: "merged", ...place, digest, byteLength, cohorts: value.cohorts, seconds });
  await chain.send("cohorts", "attestMerge", [groupId, cohort, digest, byteLength], { signal });
}

/** Versions come from as many peers; more would keep their bytes in memory. */
const FETCHES_AT_ONCE = 8;

interface Entry {
  readonly view: Pick<CohortView, "modelId" | "version" | "entryTaskId" | "round">;
  /** The cohort's number. */
  readonly index: number;
}

/** @returns the merge of what entered. @throws what chain or network find; {LearningError} `LEARNING_NO_UPDATES` */
export async function mergeEntries(
  { chain, store, job, signal }: Omit<MergeContext, "emit">,
  entries: readonly Entry[],
): Promise<Merge> {
  const { program } = job.executor;
  const merging = openMerge(
    new Map(
      program.parameters.map(({ name, shape, value }) => [name, { shape, data: new Float32Array(value.length) }]),
    ),
  );
  const facts = new Map<number, { readonly ref: ContentRef; readonly samples: number }>();
  await atOnce(entries, FETCHES_AT_ONCE, async ({ view, index }) => {
    const ref = await refOf(chain, view, { signal });
    facts.set(index, { ref, samples: await acceptedSamples(chain, view, { signal }) });
    await store.get(ref, { signal }); // to have it here: the sum below takes them one by one
  });
  for (const { index: cohort } of entries) {
    const { ref, samples } = facts.get(cohort)!;
    const bytes = await store.get(ref, { signal });
    let parameters: Parameters | undefined;
    await problemOf(async () => {
      ({ parameters } = decodeVersion(bytes, program));
    }, /^ENGINE_/); // bytes that are no version of the model are so for everybody
    merging.add({ cohort, samples, parameters });
  }
  return merging.finish();
}

async function refOf(chain: Chain, { modelId, version }: Entry["view"], options: CallOptions): Promise<ContentRef> {
  const { weightsDigest, weightsByteLength } = await chain.read(
    "modelRegistry",
    "versionOf",
    [modelId, version],
    options,
  );
  return { digest: weightsDigest, byteLength: weightsByteLength };
}

/**
 * @returns the samples of the round's accepted updates; their number in a `Private` task, where counts are the trainers' word.
 * @throws {ChainError}
 */
export async function acceptedSamples(
  chain: Chain,
  { entryTaskId: taskId, round }: Pick<CohortView, "entryTaskId" | "round">,
  options: CallOptions,
): Promise<number> {
  const { mode } = await readTask(chain, taskId, options);
  const { acceptedBitmap, openedAtBlock } = await readRound(chain, taskId, round, options);
  const updates = await revealedUpdates(chain, { taskId, round, openedAtBlock: BigInt(openedAtBlock) }, options);
  const accepted = updates.filter(({ index }) => (acceptedBitmap >> BigInt(index)) & 1n);
  return accepted.reduce((sum, { sampleCount }) => sum + (mode === "Private" ? 1 : sampleCount), 0);
}
