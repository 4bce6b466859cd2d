/** What the page asks of its server and tells it. Types only. */

/** GET /job. A model's files lie under /workloads/NAME/. */
export interface Job {
  readonly models: readonly { readonly name: string; readonly steps: number }[];
  readonly threads: readonly number[];
}

/** POST /result, the last thing that the page does. */
export interface PageResult {
  readonly userAgent: string;
  readonly isIsolated: boolean;
  readonly runs: readonly PageRun[];
  /** What went wrong, when something did. */
  readonly problem?: string;
}

export interface PageRun {
  readonly model: string;
  readonly threads: number;
  /** SHA-256 of the weights after the steps. */
  readonly hash: string;
  readonly samplesPerSecond: number;
}
