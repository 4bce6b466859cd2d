/** `cairn model list`: the models that are registered on chain. */
import type { Command } from "commander";
import { wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { listModels } from "../../chainLists.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { shortHex, table } from "../../table.ts";

interface Options {
  readonly limit?: number;
}

export function defineModelList(parent: Command, session: Session): void {
  parent
    .command("list")
    .summary("list the models")
    .description("Lists the models on chain, newest first.")
    .option("--limit <n>", "at most so many", wholeNumber(1, 1_000))
    .action(action(session, "model.list", modelList));
}

async function modelList(context: Context, { limit }: Options): Promise<Outcome> {
  const { chain } = await openChain(context, { sign: false });
  const models = await listModels(chain, { signal: context.signal, ...(limit === undefined ? {} : { limit }) });
  if (models.length === 0) context.output.say("there are no models; cairn task create registers one");
  return {
    data: models.map(({ id, name, owner, latestVersion, parentModelId }) => {
      return { modelId: id, name, owner, latestVersion, parentModelId: parentModelId === 0n ? null : parentModelId };
    }),
    text: (paint) =>
      models.length === 0
        ? ""
        : table(
            ["MODEL", "NAME", "LATEST", "OWNER"],
            models.map(({ id, name, latestVersion, owner }) => [`${id}`, name, `v${latestVersion}`, shortHex(owner)]),
            paint,
          ),
  };
}
