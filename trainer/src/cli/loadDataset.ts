/** Opens a data set for a command: in the user's cache, with a word on stderr while it takes. */

import type { Dataset } from "../data/dataset.ts";
import { counted } from "../protocol/counted.ts";
import type { Context } from "./command.ts";

/**
 * Of a table it tells what is predicted from what, since that may have been inferred.
 *
 * @returns the data set; whoever is done with it before the command ends calls its `close`.
 * @throws {DataError} as `openDataset`
 */
export async function loadDataset({ config, output, signal }: Context, reference: string): Promise<Dataset> {
  const { cacheDir } = await config();
  output.progress(`reading ${reference} …`);
  const { openDataset } = await import("../data/openDataset.ts");
  const dataset = await openDataset(reference, { cacheDir, signal });
  const summary = tableSummary(dataset);
  if (summary !== undefined) output.say(summary);
  return dataset;
}

/** Most columns that are named. */
const MAX_NAMES = 8;

function tableSummary({ manifest }: Dataset): string | undefined {
  if (manifest.schema !== "cairn/dataset/v2" || manifest.layout.kind !== "table") return undefined;
  const { inputs, target } = manifest.layout;
  const names = inputs.slice(0, MAX_NAMES).map(({ column }) => column);
  const more = inputs.length > MAX_NAMES ? ` and ${inputs.length - MAX_NAMES} more` : "";
  const predicted =
    target.type === "class"
      ? `${target.column} (${counted(manifest.classes, "class")})`
      : target.columns.map(({ column }) => column).join(", ");
  return `table: ${predicted} from ${names.join(", ")}${more}`;
}
