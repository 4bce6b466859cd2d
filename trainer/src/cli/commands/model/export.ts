/** `cairn model export <file> --to …`: a model for other programs. Needs no chain. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Architecture } from "../../../engine/architecture.ts";
import type { Parameters } from "../../../engine/tensor.ts";
import { oneOf } from "../../arguments.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { readBytes } from "../../modelSubject.ts";
import { writeOutput } from "../../outputFile.ts";
import { bytesText } from "../../table.ts";

const FORMATS = ["onnx", "safetensors", "pytorch"] as const;
type Format = (typeof FORMATS)[number];

interface Options {
  readonly to: string;
  readonly output?: string;
  readonly architecture?: string;
  readonly force?: true;
}

/** What the file's own ending becomes. */
const ENDINGS: Readonly<Record<Format, string>> = {
  onnx: ".onnx",
  safetensors: ".canonical.safetensors",
  pytorch: ".pytorch.safetensors",
};

export function defineModelExport(parent: Command, session: Session): void {
  const command = parent.command("export").summary("write a model for other programs");
  withExamples(
    command,
    "cairn model export runs/plan/model.safetensors --to onnx",
    "cairn model export runs/plan/model.safetensors --to pytorch -o for-torch.safetensors",
  )
    .description(
      "Writes a model as ONNX, as safetensors that a PyTorch model of the same layers loads, or as canonical safetensors; the last takes a checkpoint or another program's file too.",
    )
    .argument("<file>", "a safetensors file")
    .requiredOption("--to <format>", FORMATS.join(", "))
    .option("-o, --output <file>", "where to; without it beside the file")
    .option("--architecture <file>", "the file's architecture, where no document lies beside it")
    .option("-f, --force", "overwrite the file")
    .action(action(session, "model.export", modelExport));
}

async function modelExport({ host, output }: Context, file: string, options: Options): Promise<Outcome> {
  const format = oneOf("--to", options.to, FORMATS);
  const path = resolve(host.cwd, file);
  const bytes = await readBytes(path);
  const [{ architectureFor }, { readParameters }, { compile }] = await Promise.all([
    import("../../architectureSource.ts"),
    import("../../modelFile.ts"),
    import("../../../engine/program.ts"),
  ]);
  const given = options.architecture === undefined ? undefined : resolve(host.cwd, options.architecture);
  const architecture = await architectureFor({ file: path, bytes, given }, undefined);
  const optimiser = { type: "sgd", learningRate: 1, momentum: 0 } as const;
  const parameters = readParameters(bytes, compile(architecture, { batchSize: 1, optimiser }));
  const content = await encode(format, architecture, parameters);
  const target = resolve(host.cwd, options.output ?? `${file.replace(/\.safetensors$/, "")}${ENDINGS[format]}`);
  await writeOutput(target, content, options.force === true);
  const { sha256Hex } = await import("../../../engine/checkpoint.ts");
  const digest = await sha256Hex(content);
  output.done(`${format}, ${bytesText(content.length)}, ${digest}`);
  return { data: { file: target, format, digest, byteLength: content.length }, text: () => target };
}

async function encode(format: Format, architecture: Architecture, parameters: Parameters): Promise<Uint8Array> {
  switch (format) {
    case "onnx": {
      const { exportOnnx } = await import("../../../interchange/onnx.ts");
      return exportOnnx(architecture, parameters);
    }
    case "pytorch": {
      const [{ exportPyTorch }, { writeSafetensors }] = await Promise.all([
        import("../../../interchange/pytorch.ts"),
        import("../../../interchange/safetensors.ts"),
      ]);
      return writeSafetensors(exportPyTorch(architecture, parameters), new Map([["format", "pt"]]));
    }
    case "safetensors": {
      const { encodeParameters } = await import("../../../engine/checkpoint.ts");
      return encodeParameters(parameters);
    }
    default:
      return format satisfies never;
  }
}
