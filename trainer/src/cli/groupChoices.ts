/** What an owner asks of a group of cohorts, split into what each of them is. Pure. */
import { isInteger } from "../engine/fields.ts";
import { MAX_COHORTS } from "../protocol/plan.ts";
import { CliError } from "./cliError.ts";
import type { TrainingChoices } from "./taskPlan.ts";
import type { TaskParametersTerms, TaskTerms } from "./taskTerms.ts";

/** What an owner asks for: places and shards of all cohorts together. */
export interface GroupChoices {
  readonly training: TrainingChoices;
  readonly terms: TaskTerms;
  readonly cohorts: number;
  /** How long the first cohort to be ready waits for the others. Unit: seconds. @default what a round with a redraw can take */
  readonly gatherSeconds?: number | undefined;
}

/** Source: TaskRules.MAX_TRAINERS: a verdict on all updates is one word. */
const MAX_TRAINERS = 256;

type CohortChoices = Pick<GroupChoices, "training" | "terms">;

/** @returns the choices of each cohort, in their order; of 1 cohort, those of a task alone. @throws {CliError} `CLI_USAGE` */
export function cohortChoices({
  training,
  terms,
  cohorts,
}: GroupChoices): readonly [CohortChoices, ...CohortChoices[]] {
  if (!isInteger(cohorts, 1, MAX_COHORTS)) throw usage(`a group has 2 to ${MAX_COHORTS} cohorts, not ${cohorts}`);
  const share = (count: number, what: string): number => {
    if (count % cohorts === 0) return count / cohorts;
    throw usage(`${count} ${what} cannot be split evenly between ${cohorts} cohorts`);
  };
  const trainers = share(terms.trainers, "trainers");
  if (trainers > MAX_TRAINERS) {
    throw usage(`${trainers} places are more than a task's ${MAX_TRAINERS}: split them between more --cohorts`);
  }
  if (cohorts === 1) return [{ training, terms }];
  const least = terms.minTrainers === undefined ? {} : { minTrainers: share(terms.minTrainers, "least trainers") };
  const choicesOf = (index: number): CohortChoices => ({
    training: { ...training, trainers, cohort: { index, of: cohorts } },
    terms: { ...terms, ...least, trainers },
  });
  return [choicesOf(0), ...Array.from({ length: cohorts - 1 }, (_, i) => choicesOf(i + 1))];
}

/** Both waits of a group. Unit: seconds. */
export interface GroupTimes {
  readonly gatherSeconds: number;
  readonly mergeSeconds: number;
}

/** @returns the time that a round with a second committee can take, so that none is late but for a failed round. */
export function groupTimes(p: TaskParametersTerms): GroupTimes {
  const committees = p.drawSeconds + p.auditCommitSeconds + p.auditRevealSeconds + p.aggregateSeconds;
  return {
    gatherSeconds: p.commitSeconds + p.revealSeconds + 2 * committees + p.challengeSeconds,
    mergeSeconds: p.aggregateSeconds,
  };
}

function usage(message: string): CliError {
  return new CliError({ code: "CLI_USAGE" }, message);
}
