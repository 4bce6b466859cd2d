/**
 * The architecture that a weights file belongs to: given, from the document beside it, or read off its tensors.
 *
 * The last works for networks of dense layers alone, with relu between them; everything else needs its document.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Architecture, parseArchitecture } from "../engine/architecture.ts";
import { decodeSafetensors, ROOT_NAME } from "../engine/safetensors.ts";
import type { Parameters } from "../engine/tensor.ts";
import { architectureIn } from "./architectureChoice.ts";
import { CliError } from "./cliError.ts";
import { parseDocument, readDocumentFile } from "./documentFile.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";

/** @returns path of the document that belongs to the weights at `path`: `mnist.safetensors` → `mnist.json`. */
export function sidecarPath(path: string): string {
  return `${path.replace(/\.safetensors$/, "")}.json`;
}

/** A file longer than this is no model of ours. Unit: bytes. */
const MAX_FILE_BYTES = 2 ** 30;

/**
 * @param file path of the weights; `given` path of an architecture or model document, which wins.
 * @param inputShape shape of one example of the data, for weights whose architecture is read off; absent: they are not.
 * @throws {EngineError} when weights or architecture are malformed
 * @throws {CliError} `CLI_FILE_UNREADABLE` | `CLI_USAGE` when the architecture cannot be told
 */
export async function architectureFor(
  { file, bytes, given }: { readonly file: string; readonly bytes: Uint8Array; readonly given: string | undefined },
  inputShape: readonly number[] | undefined,
): Promise<Architecture> {
  if (given !== undefined) return architectureIn(await readDocumentFile(given));
  const beside = await architectureBeside(file);
  if (beside !== undefined) return beside.architecture;
  const { tensors: all } = decodeSafetensors(bytes, { maxBytes: MAX_FILE_BYTES });
  const tensors = new Map([...all].filter(([name]) => name !== ROOT_NAME));
  const inferred = inputShape === undefined ? undefined : inferDense(tensors, inputShape);
  if (inferred === undefined) {
    throw new CliError({ code: "CLI_USAGE" }, `${file} does not tell its architecture: give --architecture FILE`);
  }
  return parseArchitecture(inferred);
}

/**
 * Looks for the document of the weights at `file`: the one of the same name, or the record of the run that a checkpoint
 * is of.
 *
 * @returns `undefined` when there is none
 * @throws {EngineError} {CliError} when there is one that cannot be read
 */
export async function architectureBeside(
  file: string,
): Promise<{ readonly architecture: Architecture; readonly path: string } | undefined> {
  const isCheckpoint = basename(dirname(file)) === "checkpoints";
  const record = join(dirname(dirname(file)), "run.json");
  const sidecar = sidecarPath(file);
  const yaml = ["yaml", "yml"].map((ending) => sidecar.replace(/json$/, ending));
  for (const path of [sidecar, ...yaml, ...(isCheckpoint ? [record] : [])]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return { architecture: architectureIn(await parseDocument(text, path)), path };
  }
  return undefined;
}

/** @returns the vocabulary that the model document at `path` records; `undefined` where there is none. */
export async function recordedVocabulary(path: string): Promise<Vocabulary | undefined> {
  const document = await readDocumentFile(path).catch(() => undefined);
  return readVocabulary((document?.value as { readonly vocabulary?: unknown } | undefined)?.vocabulary);
}

/** Tensors `layers.N.weight` of shape `[units, inputs]` or `[inputs, units]`, in order, make a dense network. */
function inferDense(tensors: Parameters, inputShape: readonly number[]): unknown {
  const weights = [...tensors]
    .map(([name, { shape }]) => ({ at: Number(/^layers\.(\d+)\.weight$/.exec(name)?.[1] ?? Number.NaN), shape }))
    .filter(({ at }) => !Number.isNaN(at))
    .sort((a, b) => a.at - b.at);
  const layers: object[] = [];
  let width = inputShape.reduce((product, size) => product * size, 1);
  if (inputShape.length > 1) layers.push({ type: "flatten" });
  for (const { at, shape } of weights) {
    if (at === layers.length + 1) layers.push({ type: "relu" });
    const units = shape[0] === width ? shape[1] : shape[0];
    if (at !== layers.length || shape.length !== 2 || units === undefined) return undefined;
    layers.push({ type: "dense", units });
    width = units;
  }
  return weights.length === 0 ? undefined : { input: inputShape, layers, loss: "softmaxCrossEntropy" };
}
