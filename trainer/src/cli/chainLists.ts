/** Registries read as lists, newest first. The number of entries is capped, so that a long chain stays readable. */
import type { CallOptions, Chain } from "../chain/connection.ts";

export interface ListOptions extends CallOptions {
  /** @default 50 */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 50;

export async function listDatasets(chain: Chain, options: ListOptions) {
  const ids = newest(await chain.read("dataRegistry", "datasetCount", [], options), options.limit);
  return Promise.all(
    ids.map(async (id) => ({ id, ...(await chain.read("dataRegistry", "datasetOf", [id], options)) })),
  );
}

export async function listModels(chain: Chain, options: ListOptions) {
  const ids = newest(await chain.read("modelRegistry", "modelCount", [], options), options.limit);
  return Promise.all(ids.map(async (id) => ({ id, ...(await chain.read("modelRegistry", "modelOf", [id], options)) })));
}

/** @returns ids `count`, `count − 1`, …; at most `limit`. Ids start at 1. */
export function newest(count: bigint, limit: number = DEFAULT_LIMIT): bigint[] {
  const length = count < BigInt(limit) ? Number(count) : limit;
  return Array.from({ length }, (_, i) => count - BigInt(i));
}
