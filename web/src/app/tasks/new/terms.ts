/** Money, people and clock of a task file. Pure, and without the engine: the page shows them while somebody types. */
import { DEFAULT_TERMS, type TaskTerms } from "@cairn/trainer/cli/taskTerms";
import { parseUnits } from "viem";
import type { TaskFile } from "./taskFile.ts";

/** What is wrong with a choice, with the file's key. */
export class ChoiceError extends Error {
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.name = "ChoiceError";
    this.key = key;
  }
}

/** Unit of amounts in the file: CAIRN. @throws {ChoiceError} */
export function taskTerms(file: TaskFile): TaskTerms {
  const minTrainers = whole(file, "minTrainers", { least: 1, most: 256 });
  const quorum = whole(file, "quorum", { least: 1, most: 32 });
  const minStakeWei = amountOf(file, "minStake");
  return {
    rounds: whole(file, "rounds", { least: 1, most: 65_534 }) ?? DEFAULT_TERMS.rounds,
    trainers: whole(file, "trainers", { least: 1, most: 256 }) ?? DEFAULT_TERMS.trainers,
    committeeSize: whole(file, "committee", { least: 1, most: 32 }) ?? DEFAULT_TERMS.committeeSize,
    rewardPerUpdateWei: amountOf(file, "reward") ?? DEFAULT_TERMS.rewardPerUpdateWei,
    rewardPerVerdictWei: amountOf(file, "verdictReward") ?? DEFAULT_TERMS.rewardPerVerdictWei,
    phaseSeconds: whole(file, "phaseSeconds", { least: 1, most: 86_400 }) ?? DEFAULT_TERMS.phaseSeconds,
    ...(minTrainers === undefined ? {} : { minTrainers }),
    ...(quorum === undefined ? {} : { quorum }),
    ...(minStakeWei === undefined ? {} : { minStakeWei }),
  };
}

type TextKey = "model" | "modelName" | "partition";
type NumberKey = Exclude<keyof TaskFile, TextKey | "data" | "optimiser" | "aggregation" | "compression" | "localSteps">;

export function textOf(file: TaskFile, key: TextKey): string | undefined {
  const value = file[key];
  return value === undefined || value === "" ? undefined : String(value);
}

export function numberOf(file: TaskFile, key: NumberKey): number | undefined {
  const value = file[key];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "number" || !(value >= 0)) throw new ChoiceError(key, "is not a number");
  return value;
}

export function whole(
  file: TaskFile,
  key: NumberKey,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const value = numberOf(file, key);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ChoiceError(key, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function amountOf(file: TaskFile, key: "reward" | "verdictReward" | "minStake"): bigint | undefined {
  const value = file[key];
  if (value === undefined || value === "") return undefined;
  const text = String(value);
  if (!/^\d{1,30}(\.\d{1,18})?$/.test(text)) throw new ChoiceError(key, "is not an amount such as 12.5");
  return parseUnits(text, 18);
}
