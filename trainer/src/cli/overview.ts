/** What `cairn` alone prints: what it is, and the next step for this machine. */
import { access } from "node:fs/promises";
import { loadConfig } from "./config.ts";
import type { Host } from "./host.ts";
import { keystorePath } from "./keystore/keystoreFolder.ts";
import type { Paint } from "./output.ts";
import { VERSION } from "./version.ts";

export async function overview(host: Host, paint: Paint): Promise<string> {
  return [
    `${paint("bold", `cairn ${VERSION}`)}  train one network with people you don't know; Ethereum keeps the score`,
    "",
    `  ${paint("cyan", "set up")}    init · doctor · keys · register · stake`,
    `  ${paint("cyan", "take part")} task list · node start · status · watch · rewards`,
    `  ${paint("cyan", "own")}       data register · task create · model pull · model test`,
    `  ${paint("cyan", "help")}      cairn help COMMAND · cairn errors CODE`,
    "",
    `${paint("cyan", "next:")} ${await nextStep(host)}`,
  ].join("\n");
}

async function nextStep(host: Host): Promise<string> {
  const config = await loadConfig(host, {}).catch(() => undefined);
  if (config === undefined) return "cairn doctor    # the configuration has a mistake";
  if (config.settings.network === undefined) return "cairn init      # set up this folder: configuration and a key";
  const hasKey = await access(keystorePath(config.keystoreDir, config.settings.account)).then(
    () => true,
    () => false,
  );
  if (!hasKey) return `cairn keys new ${config.settings.account}   # the configured account has no key yet`;
  return "cairn status    # what is going on, and what is due";
}
