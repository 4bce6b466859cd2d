/** How far the opening of a prepared task is, by what the chain says. Pure. */
import type { Address } from "viem";
import type { ChainState, Dataset, Model, Task } from "../../../index/types.ts";
import type { Prepared } from "./prepared.ts";
import type { References } from "./usePlace.ts";

export interface Progress {
  /** One with these records that the owner may use. */
  readonly dataset: Dataset | undefined;
  /** The owner's, with exactly these weights and no task yet. */
  readonly model: Model | undefined;
  readonly isPublisher: boolean;
  /** Opened from exactly this plan. */
  readonly task: Task | undefined;
}

export interface Opening {
  readonly prepared: Prepared;
  readonly placed: References | undefined;
  readonly owner: Address | undefined;
  /** The contract that publishes versions. */
  readonly publisher: Address;
}

export function progressOf(state: ChainState, { prepared, placed, owner, publisher }: Opening): Progress {
  const dataset = [...state.datasets.values()].find(
    ({ recordsRoot, isPublic, owner: whose }) =>
      recordsRoot === prepared.dataset.recordsRoot && (isPublic || whose === owner),
  );
  const models = [...state.models.values()].filter(
    (model) =>
      model.owner === owner &&
      placed !== undefined &&
      model.metadata.digest === placed.model.digest &&
      model.versions[0]?.weights.digest === placed.weights.digest,
  );
  const model = models.at(-1);
  const task = [...state.tasks.values()].find(
    ({ owner: whose, terms }) =>
      whose === owner && terms.modelId === model?.id && terms.plan.digest === placed?.plan.digest,
  );
  return { dataset, model, isPublisher: model?.publishers.has(publisher) === true, task };
}
