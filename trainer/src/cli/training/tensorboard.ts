/** A run's TensorBoard event file, opened and appended to. What is in it is `interchange/tensorboard.ts`. */
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createEventFile, eventFileName } from "../../interchange/tensorboard.ts";
import { CliError } from "../cliError.ts";
import { reasonOf } from "../inputFile.ts";
import type { ScalarSink } from "./reporter.ts";

/**
 * @param folder what `tensorboard --logdir` is given; made where it is not there. A run that goes on adds a file.
 * @throws {CliError} `CLI_FILE_UNWRITABLE`
 */
export async function openTensorboard(folder: string, nowMs: number): Promise<ScalarSink> {
  const path = join(folder, eventFileName(nowMs / 1_000, `cairn-${process.pid}`));
  let waiting: Uint8Array[] = [];
  const file = createEventFile((bytes) => waiting.push(bytes), { wallTimeSeconds: nowMs / 1_000 });
  const write = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    try {
      await mkdir(folder, { recursive: true });
      await appendFile(path, bytes);
    } catch (cause) {
      const why = reasonOf(cause);
      const problem = `cannot write ${path}${why === "" ? "" : `: ${why}`}`;
      throw new CliError({ code: "CLI_FILE_UNWRITABLE", path }, problem, { cause });
    }
  };
  await write(); // a folder that cannot be written is told of before the first step
  return async (step, scalars, atMs) => {
    file.scalars(scalars, { step, wallTimeSeconds: atMs / 1_000 });
    await write();
  };
}
