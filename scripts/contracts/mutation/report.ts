/** What a campaign found, as Markdown that can go into the docs as it is. Pure. */
import type { Verdict } from "./campaign.ts";
import type { Mutant } from "./mutants.ts";

export interface Tried {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

export interface Score {
  readonly killed: number;
  readonly alive: number;
  readonly invalid: number;
  /** killed / (killed + alive); 0 when there are none. */
  readonly score: number;
}

export function scoreOf(tried: readonly Tried[]): Score {
  const count = (outcome: Verdict["outcome"]): number =>
    tried.filter(({ verdict }) => verdict.outcome === outcome).length;
  const [killed, alive] = [count("killed"), count("alive")];
  return { killed, alive, invalid: count("invalid"), score: killed / Math.max(1, killed + alive) };
}

/** @param toGo how many of the sample have no result yet */
export function reportText(tried: readonly Tried[], toGo: number): string {
  const { killed, alive, invalid, score } = scoreOf(tried);
  const survivors = tried.filter(({ verdict }) => verdict.outcome === "alive").map(({ mutant }) => mutant);
  const seconds = tried.reduce((sum, { verdict }) => sum + verdict.seconds, 0);
  return [
    ...table("file", tried, ({ mutant }) => mutant.file),
    "",
    ...table("fault", tried, ({ mutant }) => mutant.operator),
    "",
    ...(survivors.length > 0 ? ["Nobody noticed:", "", ...survivors.map((mutant) => `- ${describe(mutant)}`), ""] : []),
    `${killed + alive} faults planted: ${killed} killed, ${alive} alive (${(100 * score).toFixed(1)} % killed). ` +
      `${invalid} more do not compile, ${toGo} are to go. ${(seconds / Math.max(1, tried.length)).toFixed(0)} s each.`,
  ].join("\n");
}

function table(title: string, tried: readonly Tried[], keyOf: (each: Tried) => string): readonly string[] {
  const groups = Map.groupBy(tried, keyOf);
  const rows = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const { killed, alive } = scoreOf(group);
      return `| ${key} | ${killed} | ${alive} |`;
    });
  return [`| ${title} | killed | alive |`, "| --- | ---: | ---: |", ...rows];
}

export function describe({ id, file, line, operator, before, after }: Mutant): string {
  const short = (text: string): string => text.trim().replace(/\s+/g, " ").slice(0, 70);
  return `${id} ${file}:${line} ${operator}: ${short(before)}${after.trim() === "" ? "" : ` → ${short(after)}`}`;
}
