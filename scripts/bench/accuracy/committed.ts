/** The committed results of PyTorch's trainings, for machines without it. Made by `npm run bench:accuracy -- --update`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "./training.ts";

const FILE = join(import.meta.dirname, "pytorch.json");

interface Committed {
  /** Fingerprint of the trainings: weights, order, rates and examples. */
  readonly training: string;
  /** One a seed. */
  readonly outcomes: readonly Outcome[];
}

/** @returns PyTorch's outcomes of exactly these trainings; `undefined` when the file has none. */
export function readCommitted(task: string, training: string): Outcome[] | undefined {
  const committed = readAll()[task];
  return committed?.training === training ? [...committed.outcomes] : undefined;
}

export function writeCommitted(task: string, training: string, outcomes: readonly Outcome[]): void {
  writeFileSync(FILE, `${JSON.stringify({ ...readAll(), [task]: { training, outcomes } }, null, 2)}\n`);
}

function readAll(): Readonly<Record<string, Committed>> {
  return JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Committed>;
}
