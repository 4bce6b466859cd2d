/** What goes wrong between trainers and a relay. A relay's refusals travel by their codes; what the chain says keeps its own. */
import { TaggedError } from "../../protocol/errors.ts";

/** What a relay answers instead of taking an entry, or of telling of one. */
export type RefusalDetail =
  | { readonly code: "RELAY_REQUEST_MALFORMED"; readonly field: string }
  | { readonly code: "RELAY_REQUEST_TOO_LARGE"; readonly limitBytes: number }
  | { readonly code: "RELAY_TOO_MANY_REQUESTS"; readonly retrySeconds: number }
  | { readonly code: "RELAY_BUSY" }
  | { readonly code: "RELAY_TASK_UNSERVED"; readonly taskId: string }
  | { readonly code: "RELAY_ROUND_CLOSED"; readonly taskId: string; readonly round: number }
  | { readonly code: "RELAY_BAD_SIGNATURE"; readonly trainer: string }
  | { readonly code: "RELAY_NOT_ENROLLED"; readonly taskId: string; readonly trainer: string }
  | { readonly code: "RELAY_ALREADY_COMMITTED"; readonly trainer: string }
  | { readonly code: "RELAY_ENTRY_TAKEN"; readonly trainer: string }
  | { readonly code: "RELAY_STAKE_UNCOVERED"; readonly trainer: string }
  | { readonly code: "RELAY_TRAINER_UNRELIABLE"; readonly trainer: string }
  | { readonly code: "RELAY_FULL"; readonly freeWei: string }
  | { readonly code: "RELAY_ENTRY_UNKNOWN" };

/** What ends a relay, or is lost by one. */
export type RelayKeeperDetail =
  | { readonly code: "RELAY_LISTEN_FAILED"; readonly host: string; readonly port: number }
  | { readonly code: "RELAY_TASK_UNBONDED"; readonly taskId: string }
  | { readonly code: "RELAY_RECORD_MALFORMED"; readonly path: string }
  | { readonly code: "RELAY_BATCH_MISSED"; readonly taskId: string; readonly round: number }
  | { readonly code: "RELAY_BOND_LOST"; readonly taskId: string; readonly round: number; readonly takenWei: string };

/** Why a trainer sends its commitment by itself after all. */
export type RelayedDetail =
  | { readonly code: "RELAY_UNREACHABLE"; readonly url: string }
  | { readonly code: "RELAY_REFUSED"; readonly url: string; readonly reason: string }
  | { readonly code: "RELAY_ANSWER_MALFORMED"; readonly url: string }
  | { readonly code: "RELAY_ANSWER_FALSE"; readonly url: string }
  | { readonly code: "RELAY_LATE"; readonly url: string };

export type RelayDetail = RefusalDetail | RelayKeeperDetail | RelayedDetail;

export class RelayError extends TaggedError<RelayDetail> {}

export type RefusalCode = RefusalDetail["code"];

/** The status line that goes with a refusal. */
export const STATUS_OF: Readonly<Record<RefusalCode, number>> = {
  RELAY_REQUEST_MALFORMED: 400,
  RELAY_BAD_SIGNATURE: 401,
  RELAY_NOT_ENROLLED: 403,
  RELAY_STAKE_UNCOVERED: 403,
  RELAY_TRAINER_UNRELIABLE: 403,
  RELAY_TASK_UNSERVED: 404,
  RELAY_ENTRY_UNKNOWN: 404,
  RELAY_ALREADY_COMMITTED: 409,
  RELAY_ENTRY_TAKEN: 409,
  RELAY_ROUND_CLOSED: 410,
  RELAY_REQUEST_TOO_LARGE: 413,
  RELAY_TOO_MANY_REQUESTS: 429,
  RELAY_BUSY: 503,
  RELAY_FULL: 503,
};

/** @returns whether `code` is one that a relay refuses with. */
export function isRefusal(code: string): code is RefusalCode {
  return Object.hasOwn(STATUS_OF, code);
}
