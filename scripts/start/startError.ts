/** Every expected way in which `npm start` ends badly, with what to do next. Must not print. */
import { TaggedError } from "../../trainer/src/protocol/errors.ts";

export type StartDetail =
  | { readonly code: "START_USAGE"; readonly option: string }
  | { readonly code: "START_CHAIN_SILENT"; readonly rpcUrl: string; readonly logFile: string; readonly logTail: string }
  | {
      readonly code: "START_PROCESS_FAILED";
      readonly process: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
      /** The code that the process itself named last, such as `DATA_NOT_FOUND`. */
      readonly reported: string | undefined;
      readonly logFile: string;
      readonly logTail: string;
    }
  | { readonly code: "START_DEADLINE"; readonly doing: string; readonly seconds: number }
  | { readonly code: "START_ROUND_FAILED"; readonly rounds: readonly number[] }
  | { readonly code: "START_LIAR_PAID"; readonly address: string; readonly paidWei: string; readonly accepted: number }
  | { readonly code: "START_LIE_STANDS"; readonly address: string; readonly games: number }
  | { readonly code: "START_LAZY_UNPUNISHED"; readonly address: string; readonly rounds: readonly number[] }
  | { readonly code: "START_WEIGHTS_DIFFER"; readonly chain: string; readonly recomputed: string };

export class StartError extends TaggedError<StartDetail> {}

/** @returns the process's exit code, by the classes of the command line: 2 usage, 8 a check failed, 9 out of time. */
export function exitCodeOf(detail: StartDetail): number {
  switch (detail.code) {
    case "START_USAGE":
      return 2;
    case "START_CHAIN_SILENT":
      return 4;
    case "START_PROCESS_FAILED":
      return detail.exitCode !== null && detail.exitCode > 0 ? detail.exitCode : 1;
    case "START_DEADLINE":
      return 9;
    case "START_ROUND_FAILED":
    case "START_LIAR_PAID":
    case "START_LIE_STANDS":
    case "START_LAZY_UNPUNISHED":
    case "START_WEIGHTS_DIFFER":
      return 8;
    default:
      return detail satisfies never;
  }
}

/** @returns one sentence: what the user can do about it. */
export function nextStepOf(detail: StartDetail): string {
  switch (detail.code) {
    case "START_USAGE":
      return "npm start -- --help lists the options";
    case "START_CHAIN_SILENT":
      return `read ${detail.logFile}; the chain is \`hardhat node\`, started on a free port of 127.0.0.1`;
    case "START_PROCESS_FAILED":
      return detail.reported === undefined
        ? `read ${detail.logFile}`
        : `npx cairn errors ${detail.reported} explains it; the log is ${detail.logFile}`;
    case "START_DEADLINE":
      return "give it more time with --timeout SECONDS, or less to do with --rounds and --trainers";
    case "START_ROUND_FAILED":
      return "too few verdicts or no accepted update; run again with --keep and look with `npx cairn watch`";
    case "START_LIAR_PAID":
    case "START_LIE_STANDS":
    case "START_LAZY_UNPUNISHED":
    case "START_WEIGHTS_DIFFER":
      return "this must never happen: please report it with the file that --report wrote";
    default:
      return detail satisfies never;
  }
}
