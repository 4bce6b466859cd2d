/** An error as `npm start` shows it: what happened, the end of the log, what to do next. Pure. */
import { isTagged } from "../../trainer/src/protocol/errors.ts";
import { exitCodeOf, nextStepOf, StartError } from "./startError.ts";
import { painter } from "./view/render.ts";

export interface ShownError {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** @param error whatever was thrown; a stack is shown only for a bug. */
export function describeError(error: unknown, { colour }: { readonly colour: boolean }): ShownError {
  const paint = painter(colour);
  const title = (code: string, message: string): string => `${paint(["red", "bold"], `error[${code}]`)} ${message}`;
  const next = (step: string): string => `${paint("cyan", "next:")} ${step}`;
  if (error instanceof StartError) {
    const tail = "logTail" in error.detail && error.detail.logTail !== "" ? error.detail.logTail.split("\n") : [];
    const log = tail.map((line) => paint("dim", `  │ ${line}`));
    return {
      lines: [title(error.code, error.message), ...log, next(nextStepOf(error.detail))],
      exitCode: exitCodeOf(error.detail),
    };
  }
  if (isTagged(error)) {
    const exitCode = EXIT_BY_MODULE[error.code.split("_")[0] ?? ""] ?? 1;
    return { lines: [title(error.code, error.message), next(`npx cairn errors ${error.code}`)], exitCode };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [
    title("START_UNEXPECTED", "this is a bug in the demo"),
    ...text.split("\n").map((line) => `  ${line}`),
  ];
  return { lines: [...lines, next("please report it with the text above")], exitCode: 1 };
}

/** Exit classes of the command line, by the module that a code begins with. */
const EXIT_BY_MODULE: Readonly<Record<string, number>> = {
  CHAIN: 4,
  NETWORK: 4,
  DATA: 10,
  ENGINE: 10,
  LEARNING: 10,
  KEYSTORE: 3,
};
