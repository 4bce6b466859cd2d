/** `cairn model import <file>`: a PyTorch model's weights for an architecture of ours. Needs no chain and no Python. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { sidecarPath } from "../../architectureSource.ts";
import { collect, oneOf, wholeNumber } from "../../arguments.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { readBytes } from "../../modelSubject.ts";
import { writeOutput } from "../../outputFile.ts";

interface Options {
  readonly architecture: string;
  readonly from: string;
  readonly input: readonly number[];
  readonly classes: number;
  readonly name?: readonly (readonly [string, string])[];
  readonly output?: string;
  readonly force?: true;
}

export function defineModelImport(parent: Command, session: Session): void {
  const command = parent.command("import").summary("take over a PyTorch model's weights");
  withExamples(
    command,
    "cairn model import torch.safetensors --architecture lenet.yaml -o lenet.safetensors",
    "cairn model import torch.safetensors --architecture lenet5 --input 28,28,1 --classes 10",
  )
    .description(
      "Matches the tensors of a PyTorch model, saved as safetensors, to the layers of an architecture, and says what became of each. Writes canonical weights and the document that belongs to them.",
    )
    .argument("<file>", "a safetensors file of PyTorch")
    .requiredOption("--architecture <what>", "a file, or a name such as lenet5 with --input and --classes")
    .option("--from <program>", "pytorch", "pytorch")
    .option("--input <sizes>", "shape of one example, for a name: 28,28,1", sizes, [28, 28, 1])
    .option("--classes <n>", "classes or vocabulary, for a name", wholeNumber(2, 65_536), 10)
    .option("--name <layer=module>", "the file's module for a layer, where guessing goes wrong", collect(pair))
    .option("-o, --output <file>", "where to; without it beside the file")
    .option("-f, --force", "overwrite the file")
    .action(action(session, "model.import", modelImport));
}

async function modelImport({ host, output }: Context, file: string, options: Options): Promise<Outcome> {
  oneOf("--from", options.from, ["pytorch"]);
  const bytes = await readBytes(resolve(host.cwd, file));
  const [
    { chooseArchitecture },
    { describeMapping, importPyTorch },
    { readSafetensors },
    { encodeParameters, sha256Hex },
  ] = await Promise.all([
    import("../../architectureChoice.ts"),
    import("../../../interchange/pytorch.ts"),
    import("../../../interchange/safetensors.ts"),
    import("../../../engine/checkpoint.ts"),
  ]);
  const data = { input: options.input, classes: options.classes };
  const choice = { data, folder: host.cwd, what: "--architecture" };
  const architecture = await chooseArchitecture(options.architecture, choice);
  const names = Object.fromEntries(options.name ?? []);
  const { parameters, mapping, ignored } = importPyTorch(architecture, readSafetensors(bytes), { names });
  const content = encodeParameters(parameters);
  const target = resolve(host.cwd, options.output ?? `${file.replace(/\.safetensors$/, "")}.cairn.safetensors`);
  const document = { schema: "cairn/model/v1", name: options.architecture, architecture };
  const force = options.force === true;
  await writeOutput(target, content, force);
  await writeOutput(sidecarPath(target), `${JSON.stringify(document, null, 2)}\n`, force);
  for (const line of describeMapping(mapping)) output.say(line);
  if (ignored.length > 0) output.say(`left out, since nothing learns them: ${ignored.join(", ")}`);
  const digest = await sha256Hex(content);
  return { data: { file: target, digest, byteLength: content.length, mapping, ignored }, text: () => target };
}

function sizes(text: string): readonly number[] {
  if (/^[1-9]\d{0,5}(,[1-9]\d{0,5}){0,3}$/.test(text)) return text.split(",").map(Number);
  throw new InvalidArgumentError("It must be up to four sizes with commas between, such as 28,28,1.");
}

function pair(text: string): readonly [string, string] {
  const [layer = "", module, ...rest] = text.split("=");
  if (module !== undefined && layer !== "" && rest.length === 0) return [layer, module];
  throw new InvalidArgumentError("It must be a layer and a module, such as layers.6=final_norm.");
}
