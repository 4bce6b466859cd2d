/** The built site on an address of this machine, showing a network that a test runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SITE } from "../../../scripts/web/build.ts";
import { startSiteServer } from "../../../scripts/web/siteServer.ts";
import { openStaticFiles } from "../../../scripts/web/staticFiles.ts";
import type { LocalNetwork } from "../../integration/support/localNetwork.ts";

/** @returns where the built site is; `undefined` when it was not built. `CAIRN_SITE` names another place. */
export function builtSite(): string | undefined {
  const folder = process.env.CAIRN_SITE ?? SITE;
  return existsSync(join(folder, "index.html")) ? folder : undefined;
}

export interface TestSite extends AsyncDisposable {
  readonly url: string;
}

/** As `npm start` serves it, less the faucet. */
export async function serveSite(network: LocalNetwork, folder: string): Promise<TestSite> {
  const { chainId, rpcUrl, deployedAtBlock, contracts } = network.deployment;
  const files = openStaticFiles(folder, [rpcUrl]);
  const server = await startSiteServer({
    files: () => files,
    document: {
      schema: "cairn/web/v1",
      chain: { id: chainId, name: "Local chain", rpcUrl, isTestnet: true },
      ...{ deployedAtBlock, contracts },
      content: { gateways: ["/ipfs/"], upload: "/content" },
    },
    store: network.admin.store,
    preferredPort: 0,
    signal: network.signal,
  });
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}
