/** `cairn model show <id>`: one model and where each of its versions came from. */
import type { Command } from "commander";
import { toCid } from "../../../protocol/contentRef.ts";
import { identifier } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { newest } from "../../chainLists.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { readModel } from "../../modelVersion.ts";
import { bytesText, fields, shortHex, table } from "../../table.ts";

/** The newest versions are shown; `--json` shows the same ones. */
const VERSIONS_SHOWN = 20;

export function defineModelShow(parent: Command, session: Session): void {
  parent
    .command("show")
    .summary("show a model and its versions")
    .description("Shows a model and its newest versions: hash, size, and the task and round that made each.")
    .argument("<id>", "the model's number", identifier)
    .action(action(session, "model.show", modelShow));
}

async function modelShow(context: Context, modelId: bigint): Promise<Outcome> {
  const { signal } = context;
  const { chain } = await openChain(context, { sign: false });
  const model = await readModel(chain, modelId, { signal });
  const versions = await Promise.all(
    newest(model.latestVersion + 1n, VERSIONS_SHOWN).map(async (next) => {
      const version = next - 1n; // versions count from 0
      const view = await chain.read("modelRegistry", "versionOf", [modelId, version], { signal });
      const ref = { digest: view.weightsDigest, byteLength: view.weightsByteLength };
      return { version, ...view, cid: toCid(ref).toString() };
    }),
  );
  return {
    data: { modelId, ...model, versions },
    text: (paint) =>
      [
        paint("bold", `Model ${modelId}`),
        fields(
          [
            ["name", model.name],
            ["owner", model.owner],
            ["from", model.parentModelId === 0n ? "scratch" : `model ${model.parentModelId} v${model.parentVersion}`],
          ],
          paint,
        ),
        "",
        table(
          ["VERSION", "MADE BY", "SIZE", "SHA-256"],
          versions.map(({ version, taskId, round, weightsByteLength, weightsDigest }) => [
            `v${version}`,
            taskId > 0n ? `task ${taskId}, round ${round}` : round > 0 ? `merge of epoch ${round}` : "owner",
            bytesText(weightsByteLength),
            shortHex(weightsDigest),
          ]),
          paint,
        ),
      ].join("\n"),
  };
}
