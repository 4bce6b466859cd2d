/** Opens a data set for a command: in the user's cache, with a word on stderr while it takes. */
import type { Dataset } from "../data/dataset.ts";
import type { Context } from "./command.ts";

/** @throws {DataError} as `openDataset` */
export async function loadDataset({ config, output, signal }: Context, reference: string): Promise<Dataset> {
  const { cacheDir } = await config();
  output.progress(`reading ${reference} …`);
  const { openDataset } = await import("../data/openDataset.ts");
  return openDataset(reference, { cacheDir, signal });
}
