/** The system's Chromium under a test's control, and what it must have: said in words where it is missing. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @returns where Chromium is; `undefined` when it isn't installed. `CAIRN_CHROMIUM` names another place. */
export function chromiumPath(): string | undefined {
  return [process.env.CAIRN_CHROMIUM, ...CANDIDATES].find((path) => path !== undefined && existsSync(path));
}

/** No sandbox: as root Chromium starts with none, and it opens only our pages. */
export function openBrowser(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", ...more] });
}
