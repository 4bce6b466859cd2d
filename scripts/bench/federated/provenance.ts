/** What figures came from: commit, machine, Node. */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

export interface Provenance {
  /** Short hash; with `+` where files differ from it. */
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
}

export function provenance(): Provenance {
  const git = (...words: string[]): string => spawnSync("git", words, { encoding: "utf8" }).stdout?.trim() ?? "";
  const isChanged = git("status", "--porcelain", "--", "trainer/src/learning", "trainer/src/simulation") !== "";
  const commit = git("rev-parse", "--short", "HEAD") || "unknown";
  const all = cpus();
  const machine = `${all[0]?.model ?? "unknown"}, ${all.length} cores`;
  return { commit: isChanged ? `${commit}+` : commit, machine, node: process.version };
}

/** @returns a sentence for a document. */
export function provenanceText({ commit, machine, node }: Provenance): string {
  return `Commit ${commit}, ${machine}, Node ${node}.`;
}
