/** What the worker is asked and answers. Types only; everything can be posted. */
import type { Hex } from "viem";
import type { TaskFile } from "./taskFile.ts";

export interface PrepareQuestion {
  readonly id: number;
  readonly file: TaskFile;
}

export const FILE_NAMES = ["plan", "weights", "manifest", "model"] as const;

export type FileName = (typeof FILE_NAMES)[number];

/** Everything a task fixes besides its terms. */
export interface Prepared {
  readonly modelName: string;
  readonly dataset: { readonly name: string; readonly recordsRoot: Hex; readonly recordCount: number };
  readonly localSteps: number;
  readonly parameterCount: number;
  readonly files: Readonly<Record<FileName, Uint8Array>>;
}

export interface PrepareFailure {
  /** Of the task file, when it is known. */
  readonly key: string | undefined;
  /** Of the error catalogue, when it is known. */
  readonly code: string | undefined;
  readonly message: string;
}

export type PrepareAnswer =
  | { readonly id: number; readonly prepared: Prepared }
  | { readonly id: number; readonly failure: PrepareFailure };
