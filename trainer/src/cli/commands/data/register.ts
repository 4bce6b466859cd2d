/** `cairn data register <ref>`: puts a data set's root and manifest digest on chain. No record leaves this machine. */
import type { Command } from "commander";
import { DATA_REFERENCES } from "../../../data/dataError.ts";
import { openChain } from "../../chainAccess.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { loadDataset } from "../../loadDataset.ts";

interface Options {
  readonly name?: string;
  readonly private?: true;
}

export function defineDataRegister(parent: Command, session: Session): void {
  const command = parent.command("register").summary("put a data set's root on chain");
  withExamples(command, "cairn data register glyphs", "cairn data register idx:./scans --name scans --private")
    .description("Registers a data set: name, count, root and the manifest's digest. Records stay where they are.")
    .argument("<ref>", DATA_REFERENCES)
    .option("--name <text>", "name on chain; without it the data set's own")
    .option("--private", "only accounts with a grant may open tasks on it")
    .action(action(session, "data.register", register));
}

async function register(context: Context, reference: string, options: Options): Promise<Outcome> {
  const { signal, output } = context;
  const dataset = await loadDataset(context, reference);
  dataset.close(); // only the manifest is needed from here on
  const { chain } = await openChain(context, { sign: true });
  const { ensureDataset } = await import("../../taskCreation.ts");
  const { manifest } = dataset;
  const { datasetId, registered } = await ensureDataset(
    { chain, signal },
    { ...manifest, name: options.name ?? manifest.name },
    options.private !== true,
  );
  if (registered) output.done(`data set ${datasetId} registered`);
  else output.done(`it is registered already, as data set ${datasetId}`);
  return { data: { datasetId, registered, recordsRoot: manifest.recordsRoot }, text: () => datasetId.toString() };
}
