/** The shape of a catalogue row. Pure. */
import type { ExitClass } from "../exitClass.ts";

export interface Entry {
  /** What happened, in one sentence, without the particulars that the message gives. */
  readonly what: string;
  /** What to do, most likely remedy first. */
  readonly next: readonly string[];
  readonly exit: ExitClass;
}

/** One row; several remedies are several arguments. */
export function entry(exit: ExitClass, what: string, ...next: readonly string[]): Entry {
  return { what, next, exit };
}
