/** Runs a training in PyTorch, from the files that `training.ts` wrote. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { torchEnvironment } from "../torch/environment.ts";
import type { Outcome } from "./training.ts";

const SCRIPT = join(import.meta.dirname, "../torch/train.py");

/** @throws {Error} with the script's exit code when it fails; its own words are on standard error. */
export async function trainThere(python: string, folder: string, threads: number): Promise<Outcome> {
  const env = { ...process.env, ...torchEnvironment(threads) };
  const child = spawn(python, [SCRIPT, folder, `${threads}`], { stdio: ["ignore", "pipe", "inherit"], env });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
  const [output, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`the training in PyTorch failed with exit code ${code}`);
  const { accuracy, loss } = JSON.parse(output) as Outcome;
  return { accuracy, loss };
}
