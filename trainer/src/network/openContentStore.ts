/** Opens the content store that the operator chose. Loads neither implementation before it is needed. */
import type { ContentStore } from "./contentStore.ts";
import type { HeliaStoreOptions } from "./heliaStore.ts";

export interface ContentStoreOptions extends HeliaStoreOptions {
  /** RPC of a Kubo daemon to use instead of our own node; the other options then play no part. @default none */
  readonly ipfsUrl?: string;
}

/** @throws {NetworkError} `NETWORK_LISTEN_FAILED` | `NETWORK_STORE_FAILED` | `NETWORK_DAEMON_…` */
export async function openContentStore({ ipfsUrl, ...options }: ContentStoreOptions): Promise<ContentStore> {
  if (ipfsUrl !== undefined) return (await import("./kuboStore.ts")).createKuboStore({ url: ipfsUrl });
  return (await import("./heliaStore.ts")).createHeliaStore(options);
}
