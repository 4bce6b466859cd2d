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
  return { what, next: aligned(next), exit };
}

/** @returns the steps with their `# remarks` in one column. */
export function aligned(steps: readonly string[]): string[] {
  const parts = steps.map((step) => step.split(/ +(?=# )/));
  const column = Math.max(0, ...parts.filter(({ length }) => length > 1).map(([command = ""]) => command.length)) + 3;
  return parts.map(([command = "", ...remarks]) =>
    remarks.length === 0 ? command : command.padEnd(column) + remarks.join(" "),
  );
}
