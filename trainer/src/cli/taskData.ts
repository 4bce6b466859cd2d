/** A task as `--json` shows it. Pure. */
import { groupData } from "./groupText.ts";
import { cairnAmount } from "./jsonText.ts";
import { bitCount, dueText, phaseText, type TaskSummary } from "./taskSummary.ts";
import { isoTime } from "./timeText.ts";

export function taskData(summary: TaskSummary): object {
  const { task, taskId, modelName, round, group, duty } = summary;
  const { parameters } = task;
  return {
    taskId,
    owner: task.owner,
    mode: task.mode,
    model: { modelId: parameters.modelId, name: modelName },
    datasetId: parameters.datasetId,
    phase: phaseText(summary),
    round: task.round,
    rounds: parameters.rounds,
    trainers: { enrolled: task.enrolled, min: parameters.minTrainers, max: parameters.maxTrainers },
    committee: { size: parameters.committeeSize, quorum: parameters.quorum },
    rewardPerUpdate: cairnAmount(parameters.rewardPerUpdateWei),
    rewardPerVerdict: cairnAmount(parameters.rewardPerVerdictWei),
    minStake: cairnAmount(parameters.minStakeWei),
    escrow: cairnAmount(task.escrowWei),
    closed: task.closed,
    plan: { digest: parameters.planDigest, byteLength: parameters.planByteLength },
    currentRound: round && {
      round: round.number,
      phase: round.phase,
      deadline: isoTime(round.deadline),
      baseVersion: round.baseVersion,
      expected: round.expected,
      committed: round.committed,
      revealed: round.revealed,
      attempt: round.attempt,
      seats: round.seats,
      verdictsCommitted: round.verdictsCommitted,
      verdictsRevealed: round.verdictsRevealed,
      accepted: bitCount(round.acceptedBitmap),
      acceptedBitmap: `0x${round.acceptedBitmap.toString(16)}`,
      publishedVersion: round.publishedVersion,
    },
    group: group && groupData(group),
    me: duty && { ...duty, due: dueText(summary) },
  };
}
