/** What stops a node, or a duty of it. Failures of chain, network, data and engine keep their own codes. */
import { TaggedError } from "../protocol/errors.ts";

export type NodeDetail =
  | { readonly code: "NODE_KEYS_MALFORMED"; readonly path: string }
  | { readonly code: "NODE_DISK_FAILED"; readonly path: string }
  | { readonly code: "NODE_ALREADY_RUNNING"; readonly path: string; readonly pid: number }
  /** A folder that must be empty, or without a node, and what it holds. */
  | { readonly code: "NODE_FOLDER_IN_USE"; readonly path: string; readonly holds: string }
  | { readonly code: "NODE_FOLDER_IS_BACKUP"; readonly path: string }
  | { readonly code: "NODE_BACKUP_EMPTY"; readonly path: string }
  | { readonly code: "NODE_BACKUP_MALFORMED"; readonly path: string }
  | { readonly code: "NODE_METRICS_LISTEN_FAILED"; readonly host: string; readonly port: number }
  | { readonly code: "NODE_TASK_UNSUPPORTED"; readonly taskId: string; readonly mode: string }
  | { readonly code: "NODE_TASK_UNKNOWN"; readonly taskId: string }
  | { readonly code: "NODE_PLAN_MISMATCH"; readonly taskId: string; readonly actual: string; readonly expected: string }
  | { readonly code: "NODE_DATA_MISMATCH"; readonly actual: string; readonly expected: string }
  | { readonly code: "NODE_JOURNAL_MALFORMED"; readonly path: string }
  | {
      readonly code: "NODE_EQUIVOCATION_REFUSED";
      readonly taskId: string;
      readonly round: number;
      readonly what: string;
    }
  | {
      readonly code: "NODE_OPENING_MISSING";
      readonly taskId: string;
      readonly round: number;
      readonly what: "update" | "verdict";
    }
  | { readonly code: "NODE_PLAN_TOO_LARGE"; readonly neededBytes: number; readonly maxBytes: number }
  | { readonly code: "NODE_PLAN_TOO_SLOW"; readonly multiplications: number; readonly max: number }
  | { readonly code: "NODE_AUDIT_OUT_OF_TIME"; readonly judged: number; readonly updates: number }
  | { readonly code: "NODE_TOO_MANY_TASKS"; readonly taskId: string; readonly max: number }
  | { readonly code: "NODE_NEARLY_IDLE"; readonly taskId: string; readonly misses: number; readonly most: number }
  | { readonly code: "NODE_STAKE_UNCOVERED"; readonly stakeWei: string; readonly lockedWei: string }
  | { readonly code: "NODE_PLANT_TOO_LATE"; readonly taskId: string; readonly round: number; readonly auditor: string }
  | { readonly code: "NODE_STAKE_SHORT"; readonly balanceWei: string; readonly neededWei: string }
  | { readonly code: "NODE_BOND_SHORT"; readonly balanceWei: string; readonly neededWei: string }
  | { readonly code: "NODE_DISPUTE_LOST"; readonly taskId: string; readonly round: number }
  | { readonly code: "NODE_UPDATE_UNREADABLE"; readonly trainer: string }
  | { readonly code: "NODE_AGGREGATE_UNREADABLE"; readonly taskId: string; readonly round: number }
  | {
      readonly code: "NODE_TERMS_MISMATCH";
      readonly taskId: string;
      readonly actual: string;
      readonly expected: string;
    }
  | { readonly code: "NODE_REPORT_NO_RECORDS"; readonly taskId: string; readonly round: number }
  | { readonly code: "NODE_REPORT_OUT_OF_TIME"; readonly taskId: string; readonly round: number }
  | {
      readonly code: "NODE_REPORT_TOO_LARGE";
      readonly taskId: string;
      readonly round: number;
      readonly parameters: number;
      readonly max: number;
    }
  | {
      readonly code: "NODE_REPORT_UNREADABLE";
      readonly taskId: string;
      readonly round: number;
      readonly trainer: string;
    }
  | { readonly code: "NODE_LIE_REFUSED"; readonly chainId: number }
  | { readonly code: "NODE_LIE_IMPOSSIBLE"; readonly taskId: string; readonly misbehave: string };

export class NodeError extends TaggedError<NodeDetail> {}
