"use client";
/** What a model's classes are called: as the manifest of the data set says that its task is about, else numbers. */
import { useMemo } from "react";
import { MANIFEST } from "../../documents/parse.ts";
import { useDocument } from "../../documents/useDocument.ts";
import { useChainState } from "../../index/hooks.ts";
import type { Dataset, Model, ModelVersion } from "../../index/types.ts";

/** Longest name that is shown. Unit: characters. */
const MAX_NAME = 40;

/** @returns the data set that a version was trained on, or will be: that of its task, else of the model's first task. */
export function useDatasetOf(version: ModelVersion, model: Model): Dataset | undefined {
  const { tasks, datasets } = useChainState();
  const task = tasks.get(version.taskId) ?? [...tasks.values()].find(({ terms }) => terms.modelId === model.id);
  return task === undefined ? undefined : datasets.get(task.terms.datasetId);
}

export function useClassNames(version: ModelVersion, model: Model, classes: number): readonly string[] {
  const manifest = useDocument(useDatasetOf(version, model)?.manifest, MANIFEST);
  const names = manifest.status === "ready" ? manifest.value.classNames : undefined;
  return useMemo(
    () => Array.from({ length: classes }, (_, i) => (names?.[i] ?? `${i}`).slice(0, MAX_NAME)),
    [names, classes],
  );
}
