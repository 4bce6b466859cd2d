/** `cairn data`: data sets, here and on chain. */
import type { Command } from "commander";
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
  ).description("Data sets. REF is glyphs, mnist, fashion-mnist, mnist:DIR, fashion-mnist:DIR or idx:DIR.");
  defineDataInspect(command, session);
  defineDataRegister(command, session);
  defineDataList(command, session);
}
