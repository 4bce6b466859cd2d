/** `cairn relay`: sending other trainers' commitments. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineRelayStart } from "./relay/start.ts";

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn relay start --task 1", "cairn node start --relay http://127.0.0.1:7425").description(
    "A relay sends many trainers' commitments in one transaction, and answers for them with its own stake.",
  );
  defineRelayStart(command, session);
}
