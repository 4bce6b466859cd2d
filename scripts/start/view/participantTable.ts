/** Who did what in the current round: one line a trainer, one an auditor. Pure. */
import {
  fateOf,
  hasBit,
  type NodeState,
  nameOf,
  type RoundState,
  type RunState,
  rejectedRounds,
  shortAddress,
} from "../state/runState.ts";
import type { Paint } from "./render.ts";
import { cut, padEnd } from "./text.ts";

export interface TableFrame {
  readonly width: number;
  /** Not more lines than this. */
  readonly rows: number;
  readonly paint: Paint;
}

/** Of every column but the last. Unit: columns. */
const COLUMNS = { name: 23, commit: 9, reveal: 8, verdicts: 9 } as const;

export function participantTable(state: RunState, { width, rows, paint }: TableFrame): string[] {
  const { nodes } = state;
  const round = state.rounds.at(-1);
  const trainers = nodes.filter(({ role }) => role === "trainer");
  const auditors = nodes.filter(({ role }) => role === "auditor");
  if (nodes.length === 0) return [];
  const lines = [
    paint("dim", columns("trainer", "commit", "reveal", "verdicts", "accepted", width)),
    ...trainers.map((node) => trainerLine(state, round, { node, width, paint })),
    paint("dim", columns("auditor", "commit", "reveal", "", "finds", width)),
    ...auditors.map((node) => auditorLine(state, round, { node, width, paint })),
  ];
  if (lines.length <= rows) return lines;
  return [
    ...lines.slice(0, rows - 1),
    paint("dim", `… and ${lines.length - rows + 1} more lines; a taller window shows them`),
  ];
}

interface Line {
  readonly node: NodeState;
  readonly width: number;
  readonly paint: Paint;
}

function trainerLine(state: RunState, round: RoundState | undefined, { node, width, paint }: Line): string {
  const update = round?.updates.find(({ trainer }) => trainer === node.address);
  const name = `${node.name} ${shortAddress(node.address)}`;
  if (round === undefined) return columns(name, node.status, "", "", "", width);
  if (update === undefined) return columns(name, round.phase === "Commit" ? "training" : "–", "", "", "", width);
  const votes = round.verdicts.map(({ bitmap }) =>
    bitmap === undefined ? "·" : hasBit(bitmap, update.index) ? "✔" : "✖",
  );
  const reveal = update.byteLength === undefined ? "…" : "✔";
  const fate = fateOf(round, update);
  const caught = rejectedRounds(state, node.address);
  const verdict = { accepted: paint("green", "✔ yes"), rejected: paint(["bold", "red"], "✖ no"), open: "…" }[fate];
  const record = caught.length === 0 ? "" : `  ${caughtText(caught)}`;
  const spent = COLUMNS.name + COLUMNS.commit + COLUMNS.reveal + COLUMNS.verdicts + 5;
  const ending = `${verdict}${record === "" ? "" : paint("yellow", cut(record, width - spent))}`;
  return columns(name, "✔", reveal, colourVotes(votes, paint), ending, width);
}

/** @returns "caught in rounds 1–4", short however many there were. */
export function caughtText(rounds: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const round of rounds) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === round - 1) last[1] = round;
    else runs.push([round, round]);
  }
  const parts = runs.map(([from, to]) =>
    from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`,
  );
  return `caught in round${rounds.length === 1 ? "" : "s"} ${parts.join(", ")}`;
}

function colourVotes(votes: readonly string[], paint: Paint): string {
  return votes.map((vote) => (vote === "✔" ? paint("green", vote) : vote === "✖" ? paint("red", vote) : vote)).join("");
}

function auditorLine(state: RunState, round: RoundState | undefined, { node, width, paint }: Line): string {
  const name = `${node.name} ${shortAddress(node.address)}`;
  if (round === undefined) return columns(name, node.status, "", "", "", width);
  if (!round.committee.includes(node.address)) {
    return columns(name, "–", "", "", round.committee.length > 0 ? paint("dim", "not drawn this time") : "", width);
  }
  const verdict = round.verdicts.find(({ auditor }) => auditor === node.address);
  const replayed = round.replays.filter(({ auditor }) => auditor === node.address).length;
  if (verdict === undefined) {
    return columns(
      name,
      `… ${replayed}/${round.updates.length}`,
      "",
      "",
      paint("dim", `${judging(state)[0]} the updates`),
      width,
    );
  }
  const reveal = verdict.bitmap === undefined ? "…" : "✔";
  return columns(
    name,
    "✔",
    reveal,
    "",
    verdict.bitmap === undefined ? "" : findings(state, round, verdict.bitmap),
    width,
  );
}

function findings(state: RunState, { updates }: RoundState, bitmap: bigint): string {
  const refused = updates.filter(({ index }) => !hasBit(bitmap, index)).map(({ trainer }) => nameOf(state, trainer));
  const [, good, bad] = judging(state);
  return refused.length === 0 ? `all ${good}` : `${refused.join(", ")} does not ${bad}`;
}

/** What auditors do in the task's mode, and what of an update, in words. */
function judging({ task }: RunState): readonly [does: string, good: string, bad: string] {
  return task?.mode === "Private" ? ["scores", "help", "help"] : ["replays", "replay", "replay"];
}

function columns(name: string, commit: string, reveal: string, verdicts: string, last: string, width: number): string {
  const start =
    padEnd(name, COLUMNS.name) +
    padEnd(commit, COLUMNS.commit) +
    padEnd(reveal, COLUMNS.reveal) +
    padEnd(verdicts, COLUMNS.verdicts);
  return `${start}${last}`.trimEnd().slice(0, last.includes("\u001b") ? undefined : width);
}
