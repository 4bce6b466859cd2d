/** The screen of `cairn watch`: where the task is, who has acted, what happened last. Pure. */
import type { ChainHead } from "./chainClock.ts";
import { PHASE_WORD } from "./nodeEventText.ts";
import type { Paint } from "./output.ts";
import { bar, shortHex } from "./table.ts";
import type { TaskEvent } from "./taskEvents.ts";
import { bitCount, dueText, isRunning, phaseText, type TaskSummary } from "./taskSummary.ts";
import { relativeText } from "./timeText.ts";

export interface TaskScreen {
  readonly summary: TaskSummary;
  readonly head: ChainHead;
  readonly recent: readonly TaskEvent[];
  /** Width of the terminal. Unit: characters. */
  readonly columns: number;
}

/** The phases in their order, as the strip shows them. */
const STRIP = ["Commit", "Reveal", "Draw", "AuditCommit", "AuditReveal", "Aggregate", "Challenge", "Final"] as const;

const BAR_CELLS = 24;

const ESCAPE = "\u001b";

/** One colour code, kept as a part of its own when a line is split. */
const COLOUR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

export function taskView({ summary, head, recent, columns }: TaskScreen, paint: Paint): string {
  const { task, taskId, modelName, round } = summary;
  const { parameters } = task;
  const title = `Task ${taskId} ${modelName}`;
  const state = `round ${task.round} of ${parameters.rounds} · ${phaseText(summary)}`;
  const ends =
    round !== undefined && isRunning(summary) ? ` · ends ${relativeText(round.deadline, head.timestamp)}` : "";
  const due = dueText(summary);
  const lines = [
    `${paint("bold", title)} · ${state}${ends}`,
    ...(round === undefined
      ? [`${task.enrolled} of ${parameters.minTrainers} trainers are here`]
      : [strip(round.phase, paint), ...progress(round, paint)]),
    ...(due === "" ? [] : [paint("yellow", `! due for you: ${due}`)]),
    ...(recent.length === 0 ? [] : ["", ...recent.map((event) => eventText(event, paint))]),
    paint("dim", `block ${head.block}`),
  ];
  return lines.map((line) => clip(line, columns)).join("\n");
}

/** `✔ commit  ● reveal  · draw …`: done, now, to come. */
function strip(phase: NonNullable<TaskSummary["round"]>["phase"], paint: Paint): string {
  if (phase === "Failed") return paint("red", "✖ failed");
  const now = STRIP.indexOf(phase as (typeof STRIP)[number]);
  return STRIP.map((step, i) => {
    const name = PHASE_WORD[step];
    if (i < now || phase === "Final") return paint("green", `✔ ${name}`);
    return i === now ? paint(["bold", "cyan"], `● ${name}`) : paint("dim", `· ${name}`);
  }).join(" ");
}

function progress(round: NonNullable<TaskSummary["round"]>, paint: Paint): string[] {
  const row = (name: string, done: number, of: number): string =>
    `${name.padEnd(10)} ${paint("cyan", bar(of === 0 ? 0 : done / of, BAR_CELLS, "░"))} ${done}/${of}`;
  const accepted = bitCount(round.acceptedBitmap);
  return [
    row("committed", round.committed, round.expected),
    row("opened", round.revealed, round.committed),
    ...(round.seats === 0 ? [] : [row("verdicts", round.verdictsRevealed, round.seats)]),
    ...(accepted === 0 ? [] : [row("accepted", accepted, round.revealed)]),
    ...(round.attestations === 0 ? [] : [row("attested", round.attestations, round.seats)]),
  ];
}

/** One line: round, event, and who. */
export function eventText(event: TaskEvent, paint: Paint): string {
  const time = event.time.slice(11, 19);
  const round = typeof event.round === "number" ? `round ${event.round}` : "";
  const who = [event.trainer, event.auditor, event.proposer, event.node].find((value) => typeof value === "string");
  const extra = typeof event.phase === "string" ? event.phase : typeof who === "string" ? shortHex(who) : "";
  const name = event.event.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  const mark = event.event === "RoundFailed" ? paint("red", name) : name;
  return `${paint("dim", time)}  ${round.padEnd(9)} ${mark}${extra === "" ? "" : `  ${extra}`}`;
}

/** Cuts what would wrap, since a wrapped line breaks the redraw. Leaves colour codes whole. */
function clip(line: string, columns: number): string {
  let seen = 0;
  let kept = "";
  for (const part of line.split(COLOUR)) {
    if (part.startsWith(ESCAPE)) kept += part;
    else {
      const room = [...part].slice(0, Math.max(0, columns - seen));
      seen += room.length;
      kept += room.join("");
    }
  }
  return kept;
}
