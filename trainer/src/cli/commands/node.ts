/** `cairn node`: this machine's part in the tasks. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineNodeExport } from "./node/export.ts";
import { defineNodeInspect } from "./node/inspect.ts";
import { defineNodeRestore } from "./node/restore.ts";
import { defineNodeStart } from "./node/start.ts";

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn node start --role trainer --data mnist:./mnist").description(
    "A node trains, audits, or both, until its tasks are done.",
  );
  defineNodeStart(command, session);
  defineNodeInspect(command, session);
  defineNodeExport(command, session);
  defineNodeRestore(command, session);
}
