/** What a worker of the speed comparison is asked, and what it answers: JSON, one message a line, one answer a command. */

/** Exactly one field is there. A worker first says `ready` or `unavailable` without being asked. */
export interface Command {
  /** Weights' hashes after these numbers of steps, from the first weights; stops when the budget is spent. */
  readonly hash?: { readonly steps: readonly number[]; readonly budgetSeconds: number };
  /** Trains for this long, from the first weights. */
  readonly measure?: { readonly seconds: number };
  readonly end?: true;
}

/** Exactly one field is there. */
export interface Answer {
  /** Said after the first training step, from the start of the process. */
  readonly ready?: { readonly engine: string; readonly firstLoss: number };
  /** Why this engine can't run this model here. */
  readonly unavailable?: string;
  /** By number of steps; hexadecimal. */
  readonly hashes?: Readonly<Record<string, string>>;
  readonly samplesPerSecond?: number;
  readonly peakRssBytes?: number;
}
