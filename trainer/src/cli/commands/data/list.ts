/** `cairn data list`: the data sets that are registered on chain. */
import type { Command } from "commander";
import { wholeNumber } from "../../arguments.ts";
import { openChain } from "../../chainAccess.ts";
import { listDatasets } from "../../chainLists.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { shortHex, table } from "../../table.ts";

interface Options {
  readonly limit?: number;
}

export function defineDataList(parent: Command, session: Session): void {
  parent
    .command("list")
    .summary("list registered data sets")
    .description("Lists the data sets on chain, newest first.")
    .option("--limit <n>", "at most so many", wholeNumber(1, 1_000))
    .action(action(session, "data.list", dataList));
}

async function dataList(context: Context, { limit }: Options): Promise<Outcome> {
  const { chain } = await openChain(context, { sign: false });
  const datasets = await listDatasets(chain, { signal: context.signal, ...(limit === undefined ? {} : { limit }) });
  if (datasets.length === 0) context.output.say("no data sets are registered; cairn data register REF adds one");
  return {
    data: datasets,
    text: (paint) =>
      datasets.length === 0
        ? ""
        : table(
            ["ID", "NAME", "RECORDS", "ACCESS", "USED", "OWNER", "ROOT"],
            datasets.map((set) => [
              `${set.id}`,
              set.name,
              `${set.recordCount}`,
              set.isPublic ? "public" : "by grant",
              `${set.usageCount}`,
              shortHex(set.owner),
              shortHex(set.recordsRoot),
            ]),
            paint,
          ),
  };
}
