/** `cairn data`: data sets, here and on chain. */
import type { Command } from "commander";
import { DATA_REFERENCES } from "../../data/dataError.ts";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineDataInspect } from "./data/inspect.ts";
import { defineDataList } from "./data/list.ts";
import { defineDataRegister } from "./data/register.ts";

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn data inspect glyphs",
    "cairn data inspect mnist:./mnist",
    "cairn data register mnist",
  ).description(`Data sets. REF is one of ${DATA_REFERENCES}.`);
  defineDataInspect(command, session);
  defineDataRegister(command, session);
  defineDataList(command, session);
}
