/**
 * The dApp from its sources, on a chain that runs: `CAIRN_WEB=http://127.0.0.1:PORT npm run web:dev`.
 *
 * Takes the runtime document from the site that `npm start -- --keep` serves, so both show the same chain.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const WEB = join(dirname(dirname(import.meta.dirname)), "web");

/** Unit: milliseconds. */
const DEADLINE_MS = 5_000;

const from = process.env.CAIRN_WEB;
if (from === undefined || !URL.canParse(from)) {
  process.stderr.write(
    "WEB_DEV_NO_CHAIN: nothing to show yet.\nNext: npm start -- --keep, then CAIRN_WEB=<its address> npm run web:dev\n",
  );
  process.exitCode = 2;
} else {
  writeFileSync(join(WEB, "public/cairn.json"), await runtimeDocument(from));
  const next = spawn(
    process.execPath,
    [join(WEB, "../node_modules/next/dist/bin/next"), "dev", "--hostname", "127.0.0.1", ...process.argv.slice(2)],
    {
      cwd: WEB,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
      stdio: "inherit",
    },
  );
  next.once("exit", (code) => {
    process.exitCode = code ?? 0;
  });
}

/** With absolute addresses: the pages come from another port. */
async function runtimeDocument(site: string): Promise<string> {
  const response = await fetch(new URL("/cairn.json", site), { signal: AbortSignal.timeout(DEADLINE_MS) });
  const document = (await response.json()) as {
    content: { gateways: string[]; upload?: string };
    faucet?: string;
  };
  const absolute = (path: string): string => new URL(path, site).href;
  document.content.gateways = document.content.gateways.map(absolute);
  if (document.content.upload !== undefined) document.content.upload = absolute(document.content.upload);
  if (document.faucet !== undefined) document.faucet = absolute(document.faucet);
  return `${JSON.stringify(document, null, 2)}\n`;
}
