/** `cairn data inspect <ref>`: what is in a data set, and the root that stands for it on chain. */
import type { Command } from "commander";
import type { Dataset } from "../../../data/dataset.ts";
import { action, type Context, type Outcome, type Session } from "../../command.ts";
import { withExamples } from "../../help.ts";
import { loadDataset } from "../../loadDataset.ts";
import type { Paint } from "../../output.ts";
import { bar, bytesText, fields } from "../../table.ts";

/** Width of the longest bar. Unit: characters. */
const BAR_CELLS = 30;

export function defineDataInspect(parent: Command, session: Session): void {
  const command = parent.command("inspect").summary("show counts, classes and root");
  withExamples(command, "cairn data inspect glyphs", "cairn data inspect idx:./digits --json")
    .description("Reads a data set and shows its size, its classes and the Merkle root over its records.")
    .argument("<ref>", "glyphs, mnist, fashion-mnist, mnist:DIR, fashion-mnist:DIR or idx:DIR")
    .action(action(session, "data.inspect", inspect));
}

async function inspect(context: Context, reference: string): Promise<Outcome> {
  const dataset = await loadDataset(context, reference);
  const { manifest } = dataset;
  const classes = countClasses(dataset);
  return {
    data: { reference, manifest, classes },
    text: (paint) => {
      const { train, test } = manifest.splits;
      const facts = fields(
        [
          ["name", manifest.name],
          ["source", manifest.source],
          ["licence", manifest.licence],
          ["shape", `${manifest.inputShape.join(" × ")}, one byte a value`],
          [
            "records",
            `${count(manifest.recordCount)}: ${count(train[1] - train[0])} train, ${count(test[1] - test[0])} test`,
          ],
          ["size", bytesText(manifest.recordCount * manifest.recordBytes)],
          ["root", manifest.recordsRoot],
        ],
        paint,
      );
      return `${facts}\n\n${classBars(classes, paint)}`;
    },
  };
}

interface ClassCount {
  readonly class: number;
  readonly name: string;
  readonly train: number;
  readonly test: number;
}

function countClasses({ manifest, labels }: Dataset): ClassCount[] {
  const train = tally(labels("train"), manifest.classes);
  const test = tally(labels("test"), manifest.classes);
  return manifest.classNames.map((name, i) => ({ class: i, name, train: train[i]!, test: test[i]! }));
}

function tally(labels: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

function classBars(classes: readonly ClassCount[], paint: Paint): string {
  const most = Math.max(1, ...classes.map(({ train }) => train));
  const name = Math.max(5, ...classes.map((row) => row.name.length));
  const digits = count(most).length;
  const rows = classes.map(
    (row) =>
      `${row.name.padEnd(name)}  ${count(row.train).padStart(Math.max(5, digits))}  ${count(row.test).padStart(Math.max(4, digits))}  ${paint("cyan", bar(row.train / most, BAR_CELLS).trimEnd())}`,
  );
  const header = `${"CLASS".padEnd(name)}  ${"TRAIN".padStart(Math.max(5, digits))}  ${"TEST".padStart(Math.max(4, digits))}`;
  return [paint("dim", header), ...rows].join("\n");
}

/** 60 000: thin groups, so that no locale decides between comma and point. */
function count(n: number): string {
  return n.toString().replace(/\B(?=(\d{3})+$)/g, " ");
}
