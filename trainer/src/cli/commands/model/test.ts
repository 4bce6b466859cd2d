/** `cairn model test <file|id>`: how good a model is on data that it was not trained on. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Dataset } from "../../../data/dataset.ts";
import type { Evaluation } from "../../../learning/evaluate.ts";
import { identifier, oneOf, wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { CliError } from "../../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { confusionText } from "../../confusionText.ts";
import { withExamples } from "../../help.ts";
import { loadDataset } from "../../loadDataset.ts";
import { fetchModel, findVersion } from "../../modelVersion.ts";

interface Options {
  readonly data: string;
  readonly split: string;
  readonly version?: number;
  readonly model?: bigint;
  readonly architecture?: string;
}

interface Subject {
  readonly label: string;
  readonly bytes: Uint8Array;
  readonly architectureOf: (inputShape: readonly number[]) => Promise<unknown>;
  /** Whether the bytes were held against the chain. */
  readonly verified: boolean;
  readonly digest: string;
}

/** Examples at a time; the result does not depend on it. */
const BATCH_SIZE = 256;

export function defineModelTest(parent: Command, session: Session): void {
  const command = parent.command("test").summary("measure accuracy on a data set");
  withExamples(
    command,
    "cairn model test mnist.safetensors --data mnist:./mnist",
    "cairn model test 1 --version 3 --data glyphs",
  )
    .description(
      "Measures a model on the test split: a file, or a model on chain by number, whose hash is then checked.",
    )
    .argument("<file|id>", "a safetensors file, or the number of a model on chain")
    .requiredOption("--data <ref>", "glyphs, mnist, fashion-mnist, mnist:DIR, fashion-mnist:DIR or idx:DIR")
    .option("--split <name>", "test or train", "test")
    .option(
      "--version <n>",
      "a version of the model on chain; without it the latest",
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option("--model <id>", "check the file's hash against this model on chain", identifier)
    .option("--architecture <file>", "the file's architecture, where no document lies beside it")
    .action(action(session, "model.test", modelTest));
}

async function modelTest(context: Context, what: string, options: Options): Promise<Outcome> {
  const split = oneOf("--split", options.split, ["test", "train"]);
  const subject = /^[1-9]\d*$/.test(what)
    ? await fromChain(context, BigInt(what), options)
    : await fromFile(context, what, options);
  const dataset = await loadDataset(context, options.data);
  context.output.progress("evaluating …");
  const { accuracy, loss, confusion } = await measure(subject, dataset, split);
  const count = dataset[split].count;
  const { label, verified, digest } = subject;
  return {
    data: { model: label, digest, verified, data: options.data, split, records: count, accuracy, loss, confusion },
    text: (paint) =>
      [
        accuracy === undefined
          ? `loss ${paint("bold", loss.toFixed(4))} on ${count} ${split} records`
          : `${paint("bold", `${(100 * accuracy).toFixed(2)} %`)} of ${count} ${split} records right · loss ${loss.toFixed(4)}`,
        paint("dim", `${label} · ${digest}${verified ? " · as on chain" : ""}`),
        ...(confusion === undefined ? [] : ["", confusionText(confusion, dataset.manifest.classNames, paint)]),
      ].join("\n"),
  };
}

async function measure(subject: Subject, dataset: Dataset, split: "test" | "train"): Promise<Evaluation> {
  const [
    { compile },
    { decodeParameters },
    { createWasmExecutor },
    { evaluate },
    { requireFit },
    { parseArchitecture },
  ] = await Promise.all([
    import("../../../engine/program.ts"),
    import("../../../engine/checkpoint.ts"),
    import("../../../engine/wasm/wasmExecutor.ts"),
    import("../../../learning/evaluate.ts"),
    import("../../../learning/dataFit.ts"),
    import("../../../engine/architecture.ts"),
  ]);
  const architecture = parseArchitecture(await subject.architectureOf(dataset.manifest.inputShape));
  const program = compile(architecture, {
    batchSize: BATCH_SIZE,
    optimiser: { type: "sgd", learningRate: 1, momentum: 0 },
  });
  requireFit(program, dataset[split], Uint32Array.of(0));
  const executor = await createWasmExecutor(program);
  executor.loadParameters(decodeParameters(subject.bytes, program));
  return evaluate(executor, dataset[split]);
}

async function fromChain(context: Context, modelId: bigint, { version: asked }: Options): Promise<Subject> {
  const { chain } = await openChain(context, { sign: false });
  const version = await findVersion(chain, { modelId, version: asked }, { signal: context.signal });
  const { weights, architecture } = await fetchModel(context, chain, version);
  return {
    label: `${version.name} v${version.version} (model ${modelId})`,
    bytes: weights,
    architectureOf: async () => architecture,
    verified: true,
    digest: version.weights.digest,
  };
}

async function fromFile(context: Context, file: string, options: Options): Promise<Subject> {
  const path = resolve(context.host.cwd, file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CliError({ code: "CLI_FILE_UNREADABLE", path }, `cannot read ${path}`, { cause });
  });
  const [{ computeContentRef }, { architectureFor }] = await Promise.all([
    import("../../../network/contentDigest.ts"),
    import("../../architectureSource.ts"),
  ]);
  const { digest } = await computeContentRef(bytes);
  if (options.model !== undefined)
    await requireOnChain(context, { modelId: options.model, version: options.version }, digest);
  const given = options.architecture === undefined ? undefined : resolve(context.host.cwd, options.architecture);
  return {
    label: file,
    bytes,
    architectureOf: (shape) => architectureFor({ file: path, bytes, given }, shape),
    verified: options.model !== undefined,
    digest,
  };
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
