/**
 * The folder of one run: its record, its last and its best checkpoint, its log, and the model at the end.
 *
 * A crash at any moment leaves a folder to go on from: a checkpoint is whole on disk before the record names it, and is
 * removed only after the record no longer does. Nothing that the record does not name is ever touched.
 */
import { existsSync } from "node:fs";
import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeCheckpoint, encodeCheckpoint, encodeParameters, sha256Hex } from "../../engine/checkpoint.ts";
import type { TrainingProgram } from "../../engine/program.ts";
import type { Parameters } from "../../engine/tensor.ts";
import type { SoloState } from "../../learning/soloTraining.ts";
import { readIfPresent, writeDurably } from "../../node/durableFile.ts";
import { type FolderLock, lockFolder } from "../../node/lock.ts";
import { NodeError } from "../../node/nodeError.ts";
import { isTagged } from "../../protocol/errors.ts";
import type { Hex } from "../../protocol/hex.ts";
import { CliError } from "../cliError.ts";
import { reasonOf } from "../inputFile.ts";
import { toJsonText } from "../jsonText.ts";
import {
  checkpointFile,
  decodeRunRecord,
  differingField,
  encodeRunRecord,
  type RunIdentity,
  type RunRecord,
  type SavedState,
} from "./runRecord.ts";

export interface RunFolder {
  readonly path: string;
  /** What the run goes on from; `undefined` for a new one. */
  readonly from: SoloState | undefined;
  /** @returns what was written */
  save(state: SoloState, isBest: boolean): Promise<SavedState>;
  /** The step of the newest checkpoint that is whole on disk. */
  savedStep(): number | undefined;
  /** @returns the state with the lowest validation loss, where there is one; else `undefined` */
  best(): Promise<SoloState | undefined>;
  /** Appends one line to `log.jsonl`. */
  log(event: object): Promise<void>;
  /** Writes `model.safetensors` and `model.json`. @returns path and digest of the first */
  writeModel(parameters: Parameters, document: object): Promise<{ readonly file: string; readonly digest: Hex }>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly identity: RunIdentity;
  readonly program: TrainingProgram;
  /** Which checkpoint to go on from; absent for a new run. */
  readonly resume?: "last" | "best" | undefined;
  /** Begin anew where there is a run. */
  readonly force: boolean;
}

/** World-readable, unlike a node's secrets. */
const MODE = 0o644;

/**
 * @throws {CliError} `CLI_RUN_EXISTS` | `CLI_RUN_MISSING` | `CLI_RUN_MALFORMED` | `CLI_RUN_DIFFERS` |
 *   `CLI_CHECKPOINT_DAMAGED` | `CLI_RUN_BUSY` | `CLI_FILE_UNWRITABLE`
 */
export async function openRun(path: string, options: RunOptions): Promise<RunFolder> {
  const lock = await inWords(path, () => lockFolder(path));
  try {
    const record = await readRecord(path, options);
    if (options.resume === undefined) {
      if (record !== undefined) await removeRun(path, record);
      return createRunFolder({ path, lock, options }, undefined, undefined);
    }
    const saved = options.resume === "best" ? (record?.best ?? record?.last) : record?.last;
    if (record === undefined || saved === undefined) {
      throw new CliError({ code: "CLI_RUN_MISSING", folder: path }, `${path} holds no run to go on with`);
    }
    const from = await readState(path, saved, options.program);
    await cutLog(path, saved.step);
    return createRunFolder({ path, lock, options }, { ...record, last: saved }, from);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Place {
  readonly path: string;
  readonly lock: FolderLock;
  readonly options: RunOptions;
}

function createRunFolder(
  { path, lock, options: { identity, program } }: Place,
  begun: RunRecord | undefined,
  from: SoloState | undefined,
): RunFolder {
  let record = begun;
  return {
    path,
    from,
    savedStep: () => record?.last.step,
    async save(state, isBest) {
      const { checkpoint, ...progress } = state;
      const bytes = encodeCheckpoint(checkpoint);
      const file = checkpointFile(checkpoint.step);
      const saved = { step: checkpoint.step, file, digest: await sha256Hex(bytes), ...progress };
      await write(join(path, file), bytes);
      const now: RunRecord = { identity, last: saved, best: isBest ? saved : record?.best };
      await write(join(path, "run.json"), encodeRunRecord(now));
      const before = record;
      record = now;
      await removeUnnamed(path, before, now);
      return saved;
    },
    best: async () => (record?.best === undefined ? undefined : readState(path, record.best, program)),
    log: (event) => append(join(path, "log.jsonl"), `${toJsonText(event)}\n`),
    async writeModel(parameters, document) {
      const bytes = encodeParameters(parameters);
      const file = join(path, "model.safetensors");
      await write(join(path, "model.json"), `${JSON.stringify(document, null, 2)}\n`);
      await write(file, bytes);
      return { file, digest: await sha256Hex(bytes) };
    },
    close: () => lock.release(),
  };
}

async function readRecord(path: string, options: RunOptions): Promise<RunRecord | undefined> {
  const { identity, resume, force } = options;
  const file = join(path, "run.json");
  const bytes = await readIfPresent(file);
  const isTaken = bytes !== undefined || existsSync(join(path, "model.safetensors"));
  if (isTaken && resume === undefined && !force) {
    throw new CliError({ code: "CLI_RUN_EXISTS", folder: path }, `${path} holds a run or a model already`);
  }
  if (bytes === undefined) return undefined;
  const record = decodeRunRecord(bytes);
  if (resume === undefined) return record;
  if (record === undefined) {
    throw new CliError({ code: "CLI_RUN_MALFORMED", path: file }, `${file} is no record of a run`);
  }
  const field = differingField(record.identity, identity);
  if (field === undefined) return record;
  const detail = { code: "CLI_RUN_DIFFERS", folder: path, field } as const;
  throw new CliError(detail, `the run in ${path} was begun with another ${FIELD_TEXT[field]}`);
}

const FIELD_TEXT: Readonly<Record<keyof RunIdentity, string>> = {
  architecture: "architecture",
  optimiser: "optimiser",
  batchSize: "batch size",
  seed: "seed",
  validation: "choice of validation records",
  recordsRoot: "data set",
};

/** @throws {CliError} `CLI_CHECKPOINT_DAMAGED` */
async function readState(path: string, saved: SavedState, program: TrainingProgram): Promise<SoloState> {
  const file = join(path, saved.file);
  const bytes = await readIfPresent(file);
  const damaged = (problem: string, cause?: unknown): CliError =>
    new CliError({ code: "CLI_CHECKPOINT_DAMAGED", path: file }, `the checkpoint ${file} ${problem}`, { cause });
  if (bytes === undefined) throw damaged("is missing");
  if ((await sha256Hex(bytes)) !== saved.digest) throw damaged("is not as it was written: its hash differs");
  try {
    const checkpoint = decodeCheckpoint(bytes, program);
    const { step, best, waited, evaluatedStep } = saved;
    if (checkpoint.step === step) return { checkpoint, best, waited, evaluatedStep };
  } catch (error) {
    if (!isTagged(error)) throw error;
    throw damaged(`does not fit: ${error.message}`, error);
  }
  throw damaged("is of another step");
}

/** Forgets the run first, so that a crash leaves stray files and not a record of what is gone. */
async function removeRun(path: string, { last, best }: RunRecord): Promise<void> {
  for (const file of ["run.json", last.file, best?.file, "model.safetensors", "model.json", "log.jsonl"]) {
    if (file !== undefined) await rm(join(path, file), { force: true });
  }
}

async function removeUnnamed(path: string, before: RunRecord | undefined, now: RunRecord): Promise<void> {
  const named = new Set([now.last.file, now.best?.file]);
  for (const file of [before?.last.file, before?.best?.file]) {
    if (file !== undefined && !named.has(file)) await rm(join(path, file), { force: true });
  }
}

/** Forgets what came after the checkpoint: those steps are about to be taken again. */
async function cutLog(path: string, step: number): Promise<void> {
  const file = join(path, "log.jsonl");
  const text = new TextDecoder().decode((await readIfPresent(file)) ?? new Uint8Array());
  const kept = text.split("\n").filter((line) => {
    const at = Number(/"step":(\d+)/.exec(line)?.[1]);
    return line.endsWith("}") && at <= step;
  });
  if (kept.length > 0) await write(file, `${kept.join("\n")}\n`);
  else await rm(file, { force: true });
}

function write(file: string, content: Uint8Array | string): Promise<void> {
  return inWords(file, () => writeDurably(file, content, MODE));
}

/** The node's own errors speak of a node. */
async function inWords<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw unwritable(path, `cannot write ${path}`, error);
    if (!(error instanceof NodeError)) throw error;
    const { detail } = error;
    if (detail.code === "NODE_ALREADY_RUNNING") {
      const { pid } = detail;
      throw new CliError({ code: "CLI_RUN_BUSY", folder: path, pid }, `process ${pid} trains into ${path}`);
    }
    throw unwritable(path, error.message, error.cause ?? error);
  }
}

async function append(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, text, { mode: MODE });
  } catch (cause) {
    throw unwritable(file, `cannot write ${file}`, cause);
  }
}

function unwritable(path: string, problem: string, cause: unknown): CliError {
  const why = reasonOf(cause);
  return new CliError({ code: "CLI_FILE_UNWRITABLE", path }, why === "" ? problem : `${problem}: ${why}`, { cause });
}
