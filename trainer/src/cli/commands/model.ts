/** `cairn model`: what was trained. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineModelList } from "./model/list.ts";
import { defineModelPull } from "./model/pull.ts";
import { defineModelShow } from "./model/show.ts";
import { defineModelTest } from "./model/test.ts";

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn model pull 1 -o mnist.safetensors",
    "cairn model test mnist.safetensors --data mnist",
  ).description("Models and their versions, as safetensors files whose hashes stand on chain.");
  defineModelList(command, session);
  defineModelShow(command, session);
  defineModelPull(command, session);
  defineModelTest(command, session);
}
