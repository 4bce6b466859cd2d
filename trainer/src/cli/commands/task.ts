/** `cairn task`: the work that is offered. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineTaskClose } from "./task/close.ts";
import { defineTaskCreate } from "./task/create.ts";
import { defineTaskJoin, defineTaskLeave } from "./task/join.ts";
import { defineTaskList } from "./task/list.ts";
import { defineTaskShow } from "./task/show.ts";

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn task list", "cairn task create --data mnist:./mnist --rounds 10 --serve").description(
    "Tasks: a model to train, data to train it on, a budget, and rounds.",
  );
  defineTaskCreate(command, session);
  defineTaskList(command, session);
  defineTaskShow(command, session);
  defineTaskJoin(command, session);
  defineTaskLeave(command, session);
  defineTaskClose(command, session);
}
