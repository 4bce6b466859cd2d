/**
 * The flow tests on a second client, Foundry's anvil: `npm run test:anvil`.
 *
 * anvil is no dependency (its binary has 44 MB). Where none is found this says so and ends well; `CAIRN_ANVIL` names one,
 * else node_modules/.bin and the PATH are looked through: `npm install --no-save @foundry-rs/anvil@1.7.1` fetches it from
 * npm. Files after `--` are run instead of all flows. Must not leave a process behind.
 */
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { findProgram, freePort, isServing, print, runFlows } from "./flows.ts";
import { startMinedProxy } from "./minedProxy.ts";

process.chdir(dirname(dirname(dirname(import.meta.dirname))));
process.exitCode = await main(process.argv.slice(2));

async function main(named: readonly string[]): Promise<number> {
  const anvil = findProgram("anvil", "CAIRN_ANVIL");
  if (anvil === undefined) {
    print(
      "skipped: anvil is not here. `npm install --no-save @foundry-rs/anvil@1.7.1` fetches it, or CAIRN_ANVIL names it.",
    );
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => interrupted.abort());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const options = ["--port", String(port), "--accounts", "20", "--chain-id", "31337", "--hardfork", "cancun"];
  const child = spawn(anvil, [...options, "--silent"], { stdio: "ignore" });
  try {
    await isServing("anvil", child, url);
    const proxy = await startMinedProxy(url);
    proxy.server.unref();
    return await runFlows("anvil", proxy.url, named, interrupted.signal);
  } finally {
    child.kill();
  }
}
