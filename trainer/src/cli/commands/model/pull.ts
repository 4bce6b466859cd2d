/** `cairn model pull <id>`: downloads a version's weights and checks them against the chain. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { sidecarPath } from "../../architectureSource.ts";
import { identifier, wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { fetchModel, findVersion } from "../../modelVersion.ts";
import { writeOutput } from "../../outputFile.ts";
import { bytesText } from "../../table.ts";

interface Options {
  readonly version?: number;
  readonly output?: string;
  readonly force?: true;
}

export function defineModelPull(parent: Command, session: Session): void {
  const command = parent.command("pull").summary("download a model and check it");
  withExamples(command, "cairn model pull 1", "cairn model pull 1 --version 3 -o third.safetensors")
    .description("Downloads a model's weights from peers and checks them against the hash on chain.")
    .argument("<id>", "the model's number", identifier)
    .option("--version <n>", "a version; without it the latest", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option("-o, --output <file>", "where to; without it NAME-vN.safetensors")
    .option("-f, --force", "overwrite the file")
    .action(action(session, "model.pull", modelPull));
}

async function modelPull(context: Context, modelId: bigint, options: Options): Promise<Outcome> {
  const { host, signal, output } = context;
  const { chain } = await openChain(context, { sign: false });
  const version = await findVersion(chain, { modelId, version: options.version }, { signal });
  const fallback = `${version.name.replace(/[^A-Za-z0-9._-]+/g, "-")}-v${version.version}.safetensors`;
  const path = resolve(host.cwd, options.output ?? fallback);
  const { weights, architecture } = await fetchModel(context, chain, version);
  const force = options.force === true;
  await writeOutput(path, weights, force);
  const document = { schema: "cairn/model/v1", name: version.name, architecture };
  await writeOutput(sidecarPath(path), `${JSON.stringify(document, null, 2)}\n`, force);
  output.done(`${version.name} v${version.version}, ${bytesText(weights.length)}, hash as on chain`);
  output.say(`  test it: cairn model test ${options.output ?? fallback} --data REF`);
  const { digest, byteLength } = version.weights;
  return { data: { modelId, version: version.version, file: path, digest, byteLength }, text: () => path };
}
