/** `cairn task show <id>`: one task's terms, its round, and what it means for this account. */
import type { Command } from "commander";
import { identifier } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { type ChainHead, readHead } from "../../chainClock.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { epochText } from "../../groupText.ts";
import { shortUnits18 } from "../../jsonText.ts";
import type { Paint } from "../../output.ts";
import { reportData, reportText } from "../../reportText.ts";
import { fields, rangeText } from "../../table.ts";
import { taskData } from "../../taskData.ts";
import { bitCount, dueText, isRunning, phaseText, type TaskSummary } from "../../taskSummary.ts";
import { durationText, relativeText } from "../../timeText.ts";

export function defineTaskShow(parent: Command, session: Session): void {
  parent
    .command("show")
    .summary("show one task")
    .description("Shows a task's terms, its current round, and what is due for this account.")
    .argument("<id>", "the task's number", identifier)
    .action(action(session, "task.show", taskShow));
}

async function taskShow(context: Context, taskId: bigint): Promise<Outcome> {
  const { chain, address } = await openChain(context, { sign: false });
  const { signal } = context;
  const { readTaskSummary } = await import("../../taskSummary.ts");
  const summary = await readTaskSummary(chain, taskId, { signal, node: address });
  const head = await readHead(chain, { signal });
  const { datasetId } = summary.task.parameters;
  const dataset = await chain.read("dataRegistry", "datasetOf", [datasetId], { signal });
  const { readRoundReports } = await import("../../roundReports.ts");
  const [report] = await readRoundReports(context, chain, [summary]);
  const named = { datasetId, name: dataset.name, recordsRoot: dataset.recordsRoot };
  return {
    data: { ...taskData(summary), dataset: named, report: reportData(report) },
    text(paint) {
      const described = describe(summary, { head, dataset: dataset.name }, paint);
      return report === undefined ? described : `${described}\n\n${reportText(report, paint)}`;
    },
  };
}

function describe(
  summary: TaskSummary,
  { head, dataset }: { readonly head: ChainHead; readonly dataset: string },
  paint: Paint,
): string {
  const { task, taskId, modelName, round, group, duty } = summary;
  const { parameters: p } = task;
  const due = dueText(summary);
  const running = round !== undefined && isRunning(summary);
  const rows: (readonly [string, string])[] = [
    ["model", `${modelName} (model ${p.modelId})`],
    ["data", `${dataset} (data set ${p.datasetId})`],
    ["mode", task.mode],
    ["owner", task.owner],
    [
      "state",
      `round ${task.round} of ${p.rounds}, ${phaseText(summary)}${running ? `, ends ${relativeText(round.deadline, head.timestamp)}` : ""}`,
    ],
    ["trainers", `${task.enrolled} enrolled, ${rangeText(p.minTrainers, p.maxTrainers)} a round`],
    ["committee", `${p.committeeSize} drawn by stake, ${p.quorum} must agree`],
    [
      "pays",
      `${shortUnits18(p.rewardPerUpdateWei)} CAIRN an accepted update, ${shortUnits18(p.rewardPerVerdictWei)} a verdict`,
    ],
    [
      "stake",
      `${shortUnits18(p.minStakeWei)} CAIRN; a commitment that is never opened costs ${shortUnits18(p.missedRevealSlashWei)}`,
    ],
    ["escrow", `${shortUnits18(task.escrowWei)} CAIRN left`],
    ["challenge", durationText(p.challengeSeconds)],
  ];
  if (group !== undefined) {
    const { groupId, cohort, view } = group;
    rows.push(["group", `${groupId} (model ${view.modelId}), cohort ${cohort} of ${view.cohorts}`]);
    rows.push(["", epochText(group, head.timestamp)]);
  }
  if (running) rows.push(["round", roundText(round)]);
  if (duty !== undefined)
    rows.push([
      "you",
      `${duty.enrolled ? `enrolled, slot ${duty.slot}` : "not enrolled"}${due === "" ? "" : paint("yellow", `; due: ${due}`)}`,
    ]);
  return `${paint("bold", `Task ${taskId}`)}\n${fields(rows, paint)}`;
}

function roundText(round: NonNullable<TaskSummary["round"]>): string {
  const trained = `${round.committed}/${round.expected} committed, ${round.revealed} opened`;
  const judged =
    round.seats === 0
      ? ""
      : `, verdicts ${round.verdictsRevealed}/${round.seats}, ${bitCount(round.acceptedBitmap)} accepted`;
  return trained + judged;
}
