/** The model that a command is about: a file, whose hash may be held against the chain, or one on chain by its number. */
import { resolve } from "node:path";
import { openChain } from "./chainAccess.ts";
import { CliError } from "./cliError.ts";
import type { Context } from "./command.ts";
import { readInput } from "./inputFile.ts";
import { fetchModel, findVersion } from "./modelVersion.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface ModelSubject {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** @param inputShape that of one record, for weights whose architecture is read off */
  readonly architectureOf: (inputShape: readonly number[]) => Promise<unknown>;
  /** The vocabulary that the model was trained with, where it is recorded. */
  readonly vocabulary: Vocabulary | undefined;
  /** Whether the bytes were held against the chain. */
  readonly verified: boolean;
  readonly digest: string;
}

export interface SubjectOptions {
  /** Of the model on chain; absent: the latest. */
  readonly version?: number;
  /** Model on chain against which a file is held. */
  readonly onChain?: bigint | undefined;
  /** Path of the file's architecture, where no document lies beside it. */
  readonly architecture?: string;
}

/**
 * @param what path of a safetensors file, or number of a model on chain.
 * @throws {CliError} `CLI_FILE_UNREADABLE` | `CLI_HASH_MISMATCH` | `CLI_MODEL_UNKNOWN`; {ChainError} {NetworkError}
 */
export async function openSubject(context: Context, what: string, options: SubjectOptions): Promise<ModelSubject> {
  return /^[1-9]\d*$/.test(what) ? fromChain(context, BigInt(what), options) : fromFile(context, what, options);
}

async function fromChain(context: Context, modelId: bigint, { version: asked }: SubjectOptions): Promise<ModelSubject> {
  const { chain } = await openChain(context, { sign: false });
  const version = await findVersion(chain, { modelId, version: asked }, { signal: context.signal });
  const { weights, architecture } = await fetchModel(context, chain, version);
  return {
    label: `${version.name} v${version.version} (model ${modelId})`,
    bytes: weights,
    architectureOf: async () => architecture,
    vocabulary: undefined, // a plan on chain does not say
    verified: true,
    digest: version.weights.digest,
  };
}

async function fromFile(context: Context, file: string, options: SubjectOptions): Promise<ModelSubject> {
  const path = resolve(context.host.cwd, file);
  const bytes = await readBytes(path);
  const [{ sha256Hex }, { architectureFor, recordedVocabulary, sidecarPath }] = await Promise.all([
    import("../engine/checkpoint.ts"),
    import("./architectureSource.ts"),
  ]);
  const digest = await sha256Hex(bytes);
  if (options.onChain !== undefined)
    await requireOnChain(context, { modelId: options.onChain, version: options.version }, digest);
  const given = options.architecture === undefined ? undefined : resolve(context.host.cwd, options.architecture);
  return {
    label: file,
    bytes,
    vocabulary: await recordedVocabulary(given ?? sidecarPath(path)),
    architectureOf: (shape) => architectureFor({ file: path, bytes, given }, shape),
    verified: options.onChain !== undefined,
    digest,
  };
}

/** As much as Node reads into one buffer. Unit: bytes. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/** @throws {CliError} `CLI_FILE_UNREADABLE` */
export async function readBytes(path: string): Promise<Uint8Array> {
  return readInput(path, { maxBytes: MAX_MODEL_BYTES });
}

async function requireOnChain(
  context: Context,
  asked: { readonly modelId: bigint; readonly version: number | undefined },
  actual: string,
): Promise<void> {
  const { chain } = await openChain(context, { sign: false });
  const { weights, version } = await findVersion(chain, asked, { signal: context.signal });
  if (weights.digest === actual) return;
  throw new CliError(
    { code: "CLI_HASH_MISMATCH", actual, expected: weights.digest },
    `the file is not version ${version} of model ${asked.modelId}: its hash is ${actual}, the chain's ${weights.digest}`,
  );
}
