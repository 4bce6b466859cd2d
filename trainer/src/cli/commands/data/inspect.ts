/** `cairn data inspect <ref>`: what is in a data set, and the root that stands for it on chain. */
import type { Command } from "commander";
import { DATA_REFERENCES } from "../../../data/dataError.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { loadDataset } from "../../loadDataset.ts";
import { fields } from "../../table.ts";
import { classBars, columnsText, countClasses, countText, layoutFacts } from "./layoutText.ts";

export function defineDataInspect(parent: Command, session: Session): void {
  const command = parent.command("inspect").summary("show counts, columns, classes and root");
  withExamples(
    command,
    "cairn data inspect glyphs",
    "cairn data inspect csv:./iris.csv,target=species",
    "cairn data inspect text:./input.txt,vocabulary=characters,length=64",
    "cairn data inspect idx:./digits --json",
  )
    .description("Reads a data set and shows its size, what its records hold, and the Merkle root over them.")
    .argument("<ref>", DATA_REFERENCES)
    .action(action(session, "data.inspect", inspect));
}

async function inspect(context: Context, reference: string): Promise<Outcome> {
  const dataset = await loadDataset(context, reference);
  const { manifest } = dataset;
  const classes = countClasses(dataset);
  dataset.close();
  return {
    data: { reference, manifest, classes },
    text: (paint) => {
      const { train, test } = manifest.splits;
      const facts = fields(
        [
          ["name", manifest.name],
          ["source", manifest.source],
          ["licence", manifest.licence],
          [
            "records",
            `${countText(manifest.recordCount)}: ${countText(train[1] - train[0])} train, ${countText(test[1] - test[0])} test`,
          ],
          ...layoutFacts(manifest),
          ["root", manifest.recordsRoot],
        ],
        paint,
      );
      const parts = [facts, columnsText(manifest, paint), classBars(classes, paint)];
      return parts.filter((part) => part !== undefined).join("\n\n");
    },
  };
}
