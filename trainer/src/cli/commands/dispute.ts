/** `cairn dispute`: games that prove a false update to the chain, and how they stand. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineDisputeList } from "./dispute/list.ts";
import { defineDisputeOpen } from "./dispute/open.ts";
import { defineDisputePlay } from "./dispute/play.ts";
import { defineDisputeSecond } from "./dispute/second.ts";
import { defineDisputeShow, defineDisputeWatch } from "./dispute/show.ts";

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn dispute list",
    "cairn dispute watch 1",
    "cairn dispute open 3 --trainer 0x…",
  ).description(
    "Disputes: one honest challenger proves a false update to the chain, down to one multiply-add. A running node plays its own by itself.",
  );
  defineDisputeList(command, session);
  defineDisputeShow(command, session);
  defineDisputeWatch(command, session);
  defineDisputeOpen(command, session);
  defineDisputePlay(command, session);
  defineDisputeSecond(command, session);
}
