/** Which data a task asks for, where the user named none. Pure. */
import type { TrainingPlan } from "../protocol/plan.ts";
import { CliError } from "./cliError.ts";

/** @returns a reference. @throws {CliError} `CLI_INPUT_NEEDED` where the plan's data lie on somebody's disk */
export function planDataset({ data }: TrainingPlan): string {
  if (!data.name.includes(":")) return data.name;
  throw new CliError(
    { code: "CLI_INPUT_NEEDED", flag: "--data" },
    `the task is about ${JSON.stringify(data.name)}: say where that data set is on this machine`,
  );
}
