/** `cairn generate`: lets a text model continue a prompt. */
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import type { TrainingProgram } from "../../engine/program.ts";
import { sidecarPath } from "../architectureSource.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { ENGINES } from "../chosenExecutor.ts";
import { CliError } from "../cliError.ts";
import { action, type Context, type Outcome, type Session } from "../command.ts";
import { withExamples } from "../help.ts";
import { loadDataset } from "../loadDataset.ts";
import { decodeTokens, encodeText, type Vocabulary, vocabularyOf } from "../vocabulary.ts";

interface Options {
  readonly model: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: string;
  readonly data?: string;
  readonly architecture?: string;
  readonly engine: string;
  readonly threads?: number;
}

export function define(command: Command, session: Session): void {
  withExamples(
    command,
    'cairn generate --model runs/plan/model.safetensors --prompt "ROMEO:"',
    'cairn generate --model runs/plan/model.safetensors --prompt "ROMEO:" --temperature 0 --length 500',
  )
    .description(
      "Lets a model of text continue a prompt. The same model, prompt, seed and temperature give the same text on every machine.",
    )
    .requiredOption("--model <file>", "a safetensors file that cairn train wrote")
    .option("--prompt <text>", "what it begins with", "\n")
    .option("--length <n>", "tokens to add", wholeNumber(1, 100_000), 200)
    .option("--temperature <x>", "0: always the likeliest token; higher: more surprising", temperature, 0.8)
    .option("--seed <text>", "keys the draw: 64 hex digits, or anything, which is hashed", "cairn")
    .option("--data <ref>", "data set whose vocabulary to use, where the model's document has none")
    .option("--architecture <file>", "the file's architecture, where no document lies beside it")
    .option("--engine <name>", ENGINES.join(", "), "auto")
    .option("--threads <n>", "threads (default: one a core)", wholeNumber(1, 64))
    .action(action(session, "generate", generate));
}

async function generate(context: Context, options: Options): Promise<Outcome> {
  const { host, output, signal } = context;
  const engine = oneOf("--engine", options.engine, ENGINES);
  const { program, parameters, vocabulary } = await openModel(context, options);
  const prompt = encodeText(options.prompt, vocabulary);
  if (prompt.length === 0) throw new CliError({ code: "CLI_USAGE" }, "--prompt must not be empty");
  const [{ createChosenExecutor }, { createGenerator }, { seedBytes }] = await Promise.all([
    import("../chosenExecutor.ts"),
    import("../../learning/generate.ts"),
    import("../training/soloPlan.ts"),
  ]);
  const { executor } = await createChosenExecutor(program, { engine, threads: options.threads, signal });
  const tokens = [...prompt];
  try {
    executor.loadParameters(parameters);
    const next = createGenerator(executor, { seed: seedBytes(options.seed), temperature: options.temperature });
    for (let turnMs = host.nowMs(); tokens.length < prompt.length + options.length; ) {
      tokens.push(next(tokens));
      if (host.nowMs() - turnMs < TURN_MS) continue;
      output.progress(`${tokens.length - prompt.length} of ${options.length} tokens …`);
      await setImmediate(); // so that Ctrl-C is heard
      signal.throwIfAborted();
      turnMs = host.nowMs();
    }
  } finally {
    executor.dispose();
  }
  const text = decodeTokens(tokens, vocabulary);
  return { data: { prompt: options.prompt, text, tokens: tokens.slice(prompt.length) }, text: () => text };
}

/** Unit: milliseconds. */
const TURN_MS = 50;

async function openModel(context: Context, options: Options) {
  const { cwd } = context.host;
  const path = resolve(cwd, options.model);
  const [{ readBytes }, { architectureFor }, { readParameters }, { compile }] = await Promise.all([
    import("../modelSubject.ts"),
    import("../architectureSource.ts"),
    import("../modelFile.ts"),
    import("../../engine/program.ts"),
  ]);
  const bytes = await readBytes(path);
  const given = options.architecture === undefined ? undefined : resolve(cwd, options.architecture);
  const architecture = await architectureFor({ file: path, bytes, given }, undefined);
  const program = compile(architecture, { batchSize: 1, optimiser: { type: "sgd", learningRate: 1, momentum: 0 } });
  const parameters = readParameters(bytes, program);
  const vocabulary = await chosenVocabulary(context, path, options.data);
  requireText(program, vocabulary);
  return { program, parameters, vocabulary };
}

/** That of the data set named, else of the model's document. */
async function chosenVocabulary(context: Context, path: string, data: string | undefined): Promise<Vocabulary> {
  if (data !== undefined) {
    const dataset = await loadDataset(context, data);
    dataset.close();
    const found = vocabularyOf(dataset);
    if (found !== undefined) return found;
    throw new CliError({ code: "CLI_USAGE" }, `${data} is no text`);
  }
  const { recordedVocabulary } = await import("../architectureSource.ts");
  const found = await recordedVocabulary(sidecarPath(path));
  if (found !== undefined) return found;
  throw new CliError(
    { code: "CLI_USAGE" },
    `no vocabulary lies beside ${path}: give --data, the text it was trained on`,
  );
}

function requireText({ vocabulary, classes, inputSize, targetSize }: TrainingProgram, words: Vocabulary): void {
  const size = words === "bytes" ? 256 : words.length;
  if (vocabulary === size && classes === size && targetSize === inputSize) return;
  throw new CliError(
    { code: "CLI_USAGE" },
    `the model does not predict the next of ${size} tokens, so it cannot continue a text`,
  );
}

function temperature(text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0 && value <= 100) return Math.fround(value);
  throw new InvalidArgumentError("It must be a number from 0 to 100.");
}
