/**
 * The folder of one simulation: what it goes on from, its rounds as lines, CSV and JSON, its report and its model.
 *
 * `run.json` is written last, so a crash leaves the checkpoint before. Rounds that are in no checkpoint are played again.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { decodeParameters, encodeParameters, sha256Hex } from "../../engine/checkpoint.ts";
import type { TrainingProgram } from "../../engine/program.ts";
import { decodeSafetensors, encodeSafetensors } from "../../engine/safetensors.ts";
import { decodeState, encodeState } from "../../learning/aggregation/stateFile.ts";
import { readIfPresent, writeDurably } from "../../node/durableFile.ts";
import { lockFolder } from "../../node/lock.ts";
import { NodeError } from "../../node/nodeError.ts";
import { isTagged } from "../../protocol/errors.ts";
import type { Hex } from "../../protocol/hex.ts";
import type { RoundRecord, SimulationState } from "../../simulation/simulate.ts";
import { CliError } from "../cliError.ts";

/** Everything that decides a simulation's bits, as JSON. */
export interface SimulationIdentity {
  readonly plan: object;
  readonly scenario: object;
}

export interface SimulationFolder {
  readonly path: string;
  /** What it goes on from; `undefined` for a new one. */
  readonly from: { readonly state: SimulationState; readonly records: readonly RoundRecord[] } | undefined;
  /** Writes a checkpoint with everything that was recorded so far. */
  save(state: SimulationState, records: readonly RoundRecord[]): Promise<void>;
  write(name: string, content: string | Uint8Array): Promise<string>;
  close(): Promise<void>;
}

export interface SimulationFolderOptions {
  readonly identity: SimulationIdentity;
  readonly program: TrainingProgram;
  readonly trainers: number;
  readonly resume: boolean;
  readonly force: boolean;
}

const SCHEMA = "cairn/simulation/v1";
const FILES = {
  weights: "model.safetensors",
  state: "aggregation.safetensors",
  change: "change.safetensors",
  residuals: "residuals.safetensors",
} as const;
type FileName = keyof typeof FILES;
/** World-readable, unlike a node's secrets. */
const MODE = 0o644;

interface Kept {
  readonly schema: typeof SCHEMA;
  readonly identity: SimulationIdentity;
  readonly round: number;
  readonly digests: Readonly<Record<FileName, Hex>>;
  readonly records: readonly RoundRecord[];
}

/**
 * @throws {CliError} `CLI_RUN_EXISTS` | `CLI_RUN_MISSING` | `CLI_RUN_MALFORMED` | `CLI_RUN_DIFFERS` |
 *   `CLI_CHECKPOINT_DAMAGED` | `CLI_RUN_BUSY` | `CLI_FILE_UNWRITABLE`
 */
export async function openSimulationFolder(path: string, options: SimulationFolderOptions): Promise<SimulationFolder> {
  const lock = await inWords(path, () => lockFolder(path));
  try {
    const kept = await readKept(path, options);
    const from =
      kept === undefined ? undefined : { state: await readState(path, kept, options), records: kept.records };
    return {
      path,
      from,
      save: (state, records) => save(path, options.identity, state, records),
      async write(name, content) {
        const file = join(path, name);
        await inWords(file, () => writeDurably(file, content, MODE));
        return file;
      },
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function readKept(path: string, options: SimulationFolderOptions): Promise<Kept | undefined> {
  const { resume, force, identity } = options;
  const file = join(path, "run.json");
  const bytes = await readIfPresent(file);
  if (bytes === undefined) {
    if (!resume) return undefined;
    throw new CliError({ code: "CLI_RUN_MISSING", folder: path }, `${path} holds no simulation to go on with`);
  }
  if (!resume) {
    if (!force) throw new CliError({ code: "CLI_RUN_EXISTS", folder: path }, `${path} holds a run already`);
    await rm(file); // first, so that a crash leaves no record of what is about to change
    return undefined;
  }
  const kept = parseKept(bytes);
  if (kept === undefined) {
    throw new CliError({ code: "CLI_RUN_MALFORMED", path: file }, `${file} is no record of a simulation`);
  }
  for (const field of ["plan", "scenario"] as const) {
    if (JSON.stringify(kept.identity[field]) === JSON.stringify(identity[field])) continue;
    throw new CliError(
      { code: "CLI_RUN_DIFFERS", folder: path, field },
      `the simulation in ${path} was begun with another ${field}`,
    );
  }
  return kept;
}

function parseKept(bytes: Uint8Array): Kept | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Kept> | null;
    const isKept = value?.schema === SCHEMA && Array.isArray(value.records) && typeof value.digests === "object";
    return isKept && Number.isSafeInteger(value.round) && value.identity !== undefined ? (value as Kept) : undefined;
  } catch {
    return undefined;
  }
}

async function readState(
  path: string,
  kept: Kept,
  { program, trainers }: SimulationFolderOptions,
): Promise<SimulationState> {
  const read = async (name: FileName): Promise<Uint8Array> => {
    const file = join(path, FILES[name]);
    const bytes = await readIfPresent(file);
    if (bytes !== undefined && (await sha256Hex(bytes)) === kept.digests[name]) return bytes;
    throw damaged(file, bytes === undefined ? "is missing" : "is not as it was written: its hash differs");
  };
  const [weights, state, change] = [await read("weights"), await read("state"), await read("change")];
  const residuals = await read("residuals");
  try {
    const parameters = decodeParameters(weights, program);
    const { tensors } = decodeSafetensors(change, { maxBytes: change.length });
    return {
      round: kept.round,
      parameters,
      state: decodeState(state, parameters, trainers),
      change: tensors.get("change")!.data,
      residuals: decodeResiduals(residuals),
    };
  } catch (error) {
    if (!isTagged(error)) throw error;
    throw damaged(path, `does not fit: ${error.message}`, error);
  }
}

async function save(
  path: string,
  identity: SimulationIdentity,
  { round, parameters, state, change, residuals }: SimulationState,
  records: readonly RoundRecord[],
): Promise<void> {
  const contents: Readonly<Record<FileName, Uint8Array>> = {
    weights: encodeParameters(parameters),
    state: encodeState(state),
    change: encodeSafetensors(new Map([["change", { shape: [change.length], data: change }]])),
    residuals: encodeResiduals(residuals),
  };
  const digests = {} as Record<FileName, Hex>;
  for (const name of Object.keys(FILES) as FileName[]) {
    digests[name] = await sha256Hex(contents[name]);
    await inWords(path, () => writeDurably(join(path, FILES[name]), contents[name], MODE));
  }
  const kept: Kept = { schema: SCHEMA, identity, round, digests, records };
  await inWords(path, () => writeDurably(join(path, "run.json"), `${JSON.stringify(kept)}\n`, MODE));
}

/** A row for each trainer that has any, whose numbers stand among the metadata. */
function encodeResiduals(residuals: SimulationState["residuals"]): Uint8Array {
  if (residuals.size === 0) return encodeSafetensors(new Map());
  const rows = [...residuals.values()];
  const data = new Float32Array(rows.length * rows[0]!.length);
  rows.forEach((row, i) => {
    data.set(row, i * row.length);
  });
  const shape = [rows.length, rows[0]!.length];
  return encodeSafetensors(new Map([["residuals", { shape, data }]]), { trainers: [...residuals.keys()].join(",") });
}

function decodeResiduals(bytes: Uint8Array): SimulationState["residuals"] {
  const { tensors, metadata } = decodeSafetensors(bytes, { maxBytes: bytes.length });
  const numbers = metadata.trainers?.split(",").map(Number) ?? [];
  const { data } = tensors.get("residuals") ?? { data: new Float32Array(0) };
  const size = data.length / numbers.length;
  return new Map(numbers.map((number, i) => [number, data.slice(i * size, (i + 1) * size)]));
}

function damaged(path: string, problem: string, cause?: unknown): CliError {
  return new CliError({ code: "CLI_CHECKPOINT_DAMAGED", path }, `the checkpoint ${path} ${problem}`, { cause });
}

/** The node's own errors speak of a node. */
async function inWords<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    const { detail } = error;
    if (detail.code !== "NODE_ALREADY_RUNNING") {
      throw new CliError({ code: "CLI_FILE_UNWRITABLE", path }, `cannot write ${path}: ${error.message}`, {
        cause: error,
      });
    }
    const { pid } = detail;
    throw new CliError({ code: "CLI_RUN_BUSY", folder: path, pid }, `process ${pid} works in ${path}`, {
      cause: error,
    });
  }
}
