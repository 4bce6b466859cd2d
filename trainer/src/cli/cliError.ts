/** What can be wrong with a command as it was typed. Everything else keeps the code of the module that found it. */
import { TaggedError } from "../protocol/errors.ts";

export type CliDetail =
  | { readonly code: "CLI_USAGE"; readonly command?: string }
  /** A question would have to be asked, and nobody is there to answer. */
  | { readonly code: "CLI_INPUT_NEEDED"; readonly flag: string }
  | { readonly code: "CLI_CANCELLED" }
  | { readonly code: "CLI_UNKNOWN_CODE"; readonly asked: string }
  | { readonly code: "CLI_FILE_UNREADABLE"; readonly path: string }
  | { readonly code: "CLI_FILE_UNWRITABLE"; readonly path: string }
  | { readonly code: "CLI_FILE_EXISTS"; readonly path: string }
  | { readonly code: "CLI_GPU_NOT_REPLAYABLE" }
  | { readonly code: "CLI_LOCAL_CHAIN_ONLY"; readonly flag: string; readonly chainId: number }
  | { readonly code: "CLI_HASH_MISMATCH"; readonly actual: string; readonly expected: string }
  /** Of a model of text and the text it is tried on, each described in a few words. */
  | { readonly code: "CLI_VOCABULARY_DIFFERS"; readonly actual: string; readonly expected: string }
  | { readonly code: "CLI_ENGINE_DIFFERS"; readonly actual: string; readonly expected: string }
  /** A reveal package of another chain, contract, account or round. */
  | { readonly code: "CLI_PACKAGE_FOREIGN"; readonly what: string; readonly actual: string; readonly expected: string }
  | { readonly code: "CLI_REVEAL_CLOSED"; readonly taskId: string; readonly round: number; readonly phase: string }
  | { readonly code: "CLI_DISPUTE_UNKNOWN"; readonly game: string }
  | { readonly code: "CLI_NOT_A_PLAYER"; readonly game: string; readonly account: string }
  | {
      readonly code: "CLI_NOT_DISPUTABLE";
      readonly taskId: string;
      readonly round: number;
      readonly phase: string;
      readonly trainer: string;
    }
  | { readonly code: "CLI_NOTHING_FALSE"; readonly taskId: string; readonly round: number; readonly trainer: string }
  | { readonly code: "CLI_MODEL_UNKNOWN"; readonly modelId: string }
  | { readonly code: "CLI_TASK_UNKNOWN"; readonly taskId: string }
  | { readonly code: "CLI_GROUP_UNKNOWN"; readonly groupId: string }
  | { readonly code: "CLI_GROUP_FULL"; readonly groupId: string }
  | { readonly code: "CLI_DATASET_UNKNOWN"; readonly dataset: string }
  | { readonly code: "CLI_PLAN_MALFORMED"; readonly path: string; readonly field: string }
  /** The folder holds a run already. */
  | { readonly code: "CLI_RUN_EXISTS"; readonly folder: string }
  /** Another process writes into the folder. */
  | { readonly code: "CLI_RUN_BUSY"; readonly folder: string; readonly pid: number }
  | { readonly code: "CLI_RUN_MISSING"; readonly folder: string }
  | { readonly code: "CLI_RUN_MALFORMED"; readonly path: string }
  /** The run to go on with was begun with something else. */
  | { readonly code: "CLI_RUN_DIFFERS"; readonly folder: string; readonly field: string }
  | { readonly code: "CLI_CHECKPOINT_DAMAGED"; readonly path: string }
  | { readonly code: "CLI_MEMORY_SHORT"; readonly neededBytes: number; readonly freeBytes: number };

export class CliError extends TaggedError<CliDetail> {}
