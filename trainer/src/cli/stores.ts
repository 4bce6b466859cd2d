/** The content stores that commands open: one that only reads and leaves nothing behind, and the node's own. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContentStore } from "../network/contentStore.ts";
import type { Config } from "./config.ts";

/**
 * Runs `work` with a store under a passing identity, beside a running node without disturbing it.
 *
 * @throws {NetworkError} and whatever `work` throws
 */
export async function withReadingStore<T>({ settings }: Config, work: (store: ContentStore) => Promise<T>): Promise<T> {
  const { openContentStore } = await import("../network/openContentStore.ts");
  const dataDir = await mkdtemp(join(tmpdir(), "cairn-"));
  try {
    const peerKey = new Uint8Array(randomBytes(32));
    const store = await openContentStore({ dataDir, peerKey, listen: [], ...ipfs(settings) });
    try {
      return await work(store);
    } finally {
      await store.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Opens the store of the node whose folder is configured, under its announced identity. @throws {NetworkError} {NodeError} */
export async function openNodeStore(
  { settings }: Config,
  listen: readonly string[] | undefined,
): Promise<ContentStore> {
  const [{ openContentStore }, { openNodeKeys }] = await Promise.all([
    import("../network/openContentStore.ts"),
    import("../node/nodeKeys.ts"),
  ]);
  const { peer } = await openNodeKeys(settings.dataDir);
  return openContentStore({
    dataDir: join(settings.dataDir, "content"),
    peerKey: peer,
    ...(listen === undefined ? {} : { listen }),
    ...ipfs(settings),
  });
}

function ipfs(settings: Config["settings"]): { readonly ipfsUrl?: string } {
  return settings.ipfs === undefined ? {} : { ipfsUrl: settings.ipfs };
}
