/** What `cairn` alone prints: what it is, and the next step for this machine. */
import { access } from "node:fs/promises";
import { CONFIG_FILE, loadConfig } from "./config.ts";
import type { Host } from "./host.ts";
import { keystorePath } from "./keystore/keystoreFolder.ts";
import type { Output } from "./output.ts";
import { VERSION } from "./version.ts";
import { wrap } from "./wrap.ts";

export async function overview(host: Host, { paint, columns }: Pick<Output, "paint" | "columns">): Promise<string> {
  const name = `cairn ${VERSION}`;
  const about = `${name}  train one network with people you don't know; Ethereum keeps the score`;
  const next = `next: ${await nextStep(host)}`;
  return [
    ...wrap(about, columns).map((line, i) => (i === 0 ? paint("bold", name) + line.slice(name.length) : line)),
    "",
    `  ${paint("cyan", "set up")}    init · doctor · keys · register · stake`,
    `  ${paint("cyan", "take part")} task list · node start · status · watch · rewards`,
    `  ${paint("cyan", "own")}       data register · task create · model pull · model test`,
    `  ${paint("cyan", "alone")}     train · eval · generate · model inspect, export, import`,
    `  ${paint("cyan", "help")}      cairn help COMMAND · cairn errors CODE`,
    "            in a clone, type npx cairn wherever cairn is said",
    "",
    ...wrap(next, columns, "      ").map((line, i) => (i === 0 ? paint("cyan", "next:") + line.slice(5) : line)),
  ].join("\n");
}

async function nextStep(host: Host): Promise<string> {
  const config = await loadConfig(host, {}).catch(() => undefined);
  if (config === undefined) return "cairn doctor    # the configuration has a mistake";
  if (config.settings.network === undefined && config.file === undefined)
    return "cairn init      # set up this folder: configuration and a key";
  if (config.settings.network === undefined)
    return `add "network": "FILE" to ${CONFIG_FILE}   # FILE is a deployment record`;
  const hasKey = await access(keystorePath(config.keystoreDir, config.settings.account)).then(
    () => true,
    () => false,
  );
  if (!hasKey) return `cairn keys new ${config.settings.account}   # the configured account has no key yet`;
  return "cairn status    # what is going on, and what is due";
}
