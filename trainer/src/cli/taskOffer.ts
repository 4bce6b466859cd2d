/** What is about to be opened, for people and for `--json`. Pure. */
import type { Dataset } from "../data/dataset.ts";
import { counted } from "../protocol/counted.ts";
import { groupTimes } from "./groupChoices.ts";
import { cairnAmount, shortUnits18 } from "./jsonText.ts";
import { compressionText, ruleText } from "./planText.ts";
import { rangeText } from "./table.ts";
import type { PreparedTraining } from "./taskPlan.ts";
import type { TaskParametersTerms } from "./taskTerms.ts";
import { durationText } from "./timeText.ts";

export interface Offer {
  readonly dataset: Dataset;
  readonly prepared: PreparedTraining;
  readonly parameters: TaskParametersTerms;
  /** Of all cohorts. */
  readonly escrowWei: bigint;
  /** 1: the task is alone. Plan and parameters are those of the first. */
  readonly cohorts: number;
  /** @default as `groupTimes` says */
  readonly gatherSeconds?: number | undefined;
}

export function offerRows(offer: Offer): readonly (readonly [string, string])[] {
  const { dataset, prepared, parameters: p, escrowWei, cohorts } = offer;
  const { plan, parameterCount } = prepared;
  const { manifest, train } = dataset;
  return [
    [
      "data",
      `${manifest.name}, ${counted(train.count, "training record")} in ${counted(cohorts * plan.data.shards, "shard")}`,
    ],
    ...(cohorts === 1 ? [] : [["cohorts", cohortsText(offer)] as const]),
    ["model", `${counted(parameterCount, "parameter")}, ${prepared.updateBytes} bytes an update`],
    ["training", `${counted(plan.localSteps, "step")} of ${plan.batchSize} a round, trace every ${plan.traceStride}`],
    ["aggregation", ruleText(plan.aggregation)],
    ...(plan.compression === undefined ? [] : [["compression", compressionText(plan.compression)] as const]),
    ["rounds", `${p.rounds}, each with ${rangeText(p.minTrainers, p.maxTrainers)} trainers`],
    ["committee", `${p.committeeSize} drawn by stake, ${p.quorum} must agree`],
    [
      "pays",
      `${shortUnits18(p.rewardPerUpdateWei)} CAIRN an accepted update, ${shortUnits18(p.rewardPerVerdictWei)} a verdict`,
    ],
    [
      "stake",
      `${shortUnits18(p.minStakeWei)} CAIRN a trainer; a missed reveal costs ${shortUnits18(p.missedRevealSlashWei)}`,
    ],
    ["phases", `${durationText(p.commitSeconds)} at most each, challenge ${durationText(p.challengeSeconds)}`],
    ["escrow", `${shortUnits18(escrowWei)} CAIRN; what nobody earns comes back with task close`],
  ];
}

function cohortsText({ cohorts, parameters, gatherSeconds = groupTimes(parameters).gatherSeconds }: Offer): string {
  return `${cohorts} tasks as below, merged after each round; a late one is waited for ${durationText(gatherSeconds)} at most`;
}

export function offerData({ prepared, parameters, escrowWei, cohorts }: Offer): object {
  const { rewardPerUpdateWei, rewardPerVerdictWei, minStakeWei, missedRevealSlashWei, ...rest } = parameters;
  return {
    plan: prepared.plan,
    parameterCount: prepared.parameterCount,
    updateBytes: prepared.updateBytes,
    terms: {
      ...rest,
      rewardPerUpdate: cairnAmount(rewardPerUpdateWei),
      rewardPerVerdict: cairnAmount(rewardPerVerdictWei),
      minStake: cairnAmount(minStakeWei),
      missedRevealSlash: cairnAmount(missedRevealSlashWei),
    },
    escrow: cairnAmount(escrowWei),
    ...(cohorts === 1 ? {} : { cohorts }),
  };
}
