/** What the page asks of its server and tells it. Types only. */

/** GET /job. */
export interface PageJob {
  /** `plan` in base64. */
  readonly plans: readonly { readonly name: string; readonly plan: string }[];
  /** Of each measurement. */
  readonly seconds: number;
}

/** POST /result, the last thing that the page does. */
export type PageResult =
  | {
      readonly userAgent: string;
      /** Samples a second by plan. */
      readonly speeds: Readonly<Record<string, number>>;
      readonly longestTaskMs: number;
    }
  | { readonly problem: string };
