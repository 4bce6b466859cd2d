/**
 * The dApp beside the run: served at once, built meanwhile when its sources have changed, at the lowest priority.
 *
 * A site that can't be built or served is news, never the end of the run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Chain } from "../../../trainer/src/chain/connection.ts";
import type { ContentStore } from "../../../trainer/src/network/contentStore.ts";
import { isBuilt, SITE } from "../../web/build.ts";
import { createFaucet } from "../../web/faucet.ts";
import { startSiteServer } from "../../web/siteServer.ts";
import { openStaticFiles, type StaticFiles } from "../../web/staticFiles.ts";
import type { Session } from "../session.ts";
import { PROJECT } from "./localChain.ts";

/** Always the same when it is free, so that a bookmark holds. */
const PREFERRED_PORT = 7310;

const NEXT = join(PROJECT, "node_modules/next/package.json");

const GUARD = fileURLToPath(new URL("../process/exitWithParent.ts", import.meta.url));

export async function openSite(session: Session, chain: Chain, store: ContentStore): Promise<void> {
  const { options, run, directory, signal, defer } = session;
  if (!options.web || !existsSync(NEXT)) return;
  try {
    const logFile = join(directory, "web.log");
    const building = isBuilt() ? undefined : startBuild(logFile);
    let files: StaticFiles | undefined;
    const open = (): void => {
      if (existsSync(join(SITE, "index.html"))) files = openStaticFiles(SITE, [chain.rpcUrl]);
    };
    if (building === undefined) open();
    building?.once("close", (status) => {
      if (status !== 0 && !signal.aborted) run.emit({ type: "siteFailed", logFile });
      open(); // the one built before is better than none
    });
    const { deployment } = chain;
    const server = await startSiteServer({
      files: () => files,
      document: siteDocument(deployment),
      store,
      faucet: createFaucet(chain),
      preferredPort: PREFERRED_PORT,
      signal,
    });
    defer(async () => {
      building?.kill();
      await server.stop();
    });
    run.emit({ type: "site", url: server.url });
  } catch (error) {
    run.emit({ type: "siteFailed", logFile: error instanceof Error ? error.message : String(error) });
  }
}

/** What `/cairn.json` says; `web/src/runtime/runtime.ts` reads it. */
function siteDocument({ chainId, rpcUrl, deployedAtBlock, contracts }: Chain["deployment"]): unknown {
  return {
    schema: "cairn/web/v1",
    chain: { id: chainId, name: "Local chain", rpcUrl, isTestnet: true },
    deployedAtBlock,
    contracts,
    content: { gateways: ["/ipfs/"], upload: "/content" },
    faucet: "/faucet",
  };
}

/** Ends with us, however we end. */
function startBuild(logFile: string): ChildProcess {
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, ["--import", GUARD, join(PROJECT, "scripts/web/build.ts")], {
    cwd: PROJECT,
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  child.stdin?.on("error", () => {}); // it may end before we close our side
  return child;
}
