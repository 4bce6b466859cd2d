/** `cairn keys`: the account keys on this machine. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineKeysExport } from "./keys/export.ts";
import { defineKeysImport } from "./keys/import.ts";
import { defineKeysList } from "./keys/list.ts";
import { defineKeysNew } from "./keys/new.ts";
import { defineKeysShow } from "./keys/show.ts";

export function define(command: Command, session: Session): void {
  withExamples(command, "cairn keys new", "cairn keys list").description(
    "Account keys, each in an encrypted keystore (Web3 Secret Storage 3, as cast and geth use).",
  );
  defineKeysNew(command, session);
  defineKeysImport(command, session);
  defineKeysList(command, session);
  defineKeysShow(command, session);
  defineKeysExport(command, session);
}
