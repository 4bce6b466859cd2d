/** `cairn model`: what was trained. */
import type { Command } from "commander";
import type { Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { defineModelExport } from "./model/export.ts";
import { defineModelImport } from "./model/import.ts";
import { defineModelInspect } from "./model/inspect.ts";
import { defineModelList } from "./model/list.ts";
import { defineModelPull } from "./model/pull.ts";
import { defineModelShow } from "./model/show.ts";
import { defineModelTest } from "./model/test.ts";

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    "cairn model pull 1 -o mnist.safetensors",
    "cairn model test mnist.safetensors --data mnist",
    "cairn model export mnist.safetensors --to onnx",
  ).description("Models and their versions, as safetensors files whose hashes stand on chain; files of your own too.");
  defineModelList(command, session);
  defineModelShow(command, session);
  defineModelPull(command, session);
  defineModelTest(command, session);
  defineModelInspect(command, session);
  defineModelExport(command, session);
  defineModelImport(command, session);
}
