/** Arguments as people type them, into values. Every refusal is `CLI_USAGE` and names what was asked for. */

import { InvalidArgumentError } from "commander";
import { type GameReference, parseGameName } from "../audit/dispute/gameName.ts";
import { CliError } from "./cliError.ts";
import { parseUnits18 } from "./jsonText.ts";

/** @returns a commander parser for a whole number in `min … max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Commander parser of a CAIRN amount. Unit of the result: wei. */
export function amount(text: string): bigint {
  const wei = parseUnits18(text);
  if (wei !== undefined) return wei;
  throw new InvalidArgumentError("It must be an amount of CAIRN, such as 20 or 0.5.");
}

/** Commander parser of the number of a task, model or data set. */
export function identifier(text: string): bigint {
  if (/^[1-9]\d{0,77}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError("It must be a number from 1 on.");
}

/** `3`, a game about an update, or `a3`, one about an aggregate. */
export function gameReference(text: string): GameReference {
  const game = parseGameName(text);
  if (game !== undefined) return game;
  throw new InvalidArgumentError("It must be a dispute's number as `cairn dispute list` shows it: 3, or a3.");
}

/** For options that may be given several times. */
export function collect<T>(
  parse: (text: string) => T,
): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before) => [...(before ?? []), parse(text)];
}

/** @throws {CliError} `CLI_USAGE` when `text` is none of `choices` */
export function oneOf<T extends string>(what: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new CliError({ code: "CLI_USAGE" }, `${what} must be ${choices.join(" or ")}, not "${text}"`);
}
