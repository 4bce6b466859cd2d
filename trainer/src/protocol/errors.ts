/** The one base of every expected error. Holds data, never behaviour; codes are stable, messages are not. */

export interface ErrorDetail {
  /** Stable, `MODULE_PROBLEM`. Match on this, never on the message. */
  readonly code: string;
}

/**
 * An error that a caller or a user is expected to meet.
 *
 * The message says what happened; the catalogue (`cairn errors CODE`) says what to do next.
 * The field is explicit because Node's type stripping refuses parameter properties.
 */
export abstract class TaggedError<D extends ErrorDetail> extends Error {
  readonly detail: D;

  constructor(detail: D, message: string, options?: ErrorOptions) {
    super(message, options);
    this.detail = detail;
    this.name = new.target.name;
  }

  get code(): D["code"] {
    return this.detail.code;
  }
}

/** True for any of our coded errors, from whichever module it came. */
export function isTagged(error: unknown): error is TaggedError<ErrorDetail> {
  return error instanceof TaggedError;
}
