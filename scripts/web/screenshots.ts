/**
 * Pictures of every page: `node scripts/web/screenshots.ts [--output DIR] [--rounds N]`.
 *
 * Starts `npm start -- --keep`, waits for its rounds, looks at each page as a visitor does (wide and narrow, light and dark,
 * German too) and ends everything it started. Needs Chromium, as the tests in a browser do.
 */
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { generatePrivateKey } from "viem/accounts";
import { chromiumPath, openBrowser } from "../../test/e2e/support/browser.ts";
import { startKeptNetwork } from "../../test/e2e/support/keptNetwork.ts";
import { addTestWallet } from "../../test/e2e/support/testWallet.ts";

/** A name and an address; what is done on it before the picture is taken. */
interface Shot {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<unknown>;
}

const SHOTS: readonly Shot[] = [
  { name: "home", path: "/", act: curve },
  { name: "models", path: "/models/" },
  { name: "model", path: "/model/?id=1" },
  { name: "versions", path: "/model/?id=1&tab=versions" },
  { name: "lineage", path: "/model/?id=1&tab=lineage" },
  { name: "files", path: "/model/?id=1&tab=files" },
  { name: "tasks", path: "/tasks/" },
  { name: "create", path: "/tasks/new/" },
  { name: "task", path: "/task/?id=1", act: curve },
  { name: "round", path: "/round/?task=1&round=1" },
  { name: "trainers", path: "/trainers/" },
  { name: "data", path: "/datasets/" },
  { name: "dataset", path: "/dataset/?id=1" },
  { name: "disputes", path: "/disputes/" },
  { name: "dispute", path: "/dispute/?id=1" },
  { name: "wallet", path: "/wallet/" },
  { name: "train", path: "/train/" },
  { name: "try", path: "/try/?model=1", act: drawSeven },
  { name: "errors", path: "/errors/" },
  { name: "error", path: "/errors/CHAIN_WRONG_CHAIN/" },
  { name: "status", path: "/status/" },
  { name: "wallet-connected", path: "/wallet/", act: connect },
  { name: "train-connected", path: "/train/?task=2" },
];

interface Look extends BrowserContextOptions {
  readonly suffix: string;
  readonly viewport: { readonly width: number; readonly height: number };
}

const LOOKS: readonly Look[] = [
  { suffix: "light", colorScheme: "light", locale: "en-GB", viewport: { width: 1280, height: 900 } },
  { suffix: "dark", colorScheme: "dark", locale: "en-GB", viewport: { width: 1280, height: 900 } },
  { suffix: "narrow", colorScheme: "light", locale: "en-GB", viewport: { width: 360, height: 780 } },
  { suffix: "german", colorScheme: "light", locale: "de-DE", viewport: { width: 1280, height: 900 } },
];

const { values } = parseArgs({
  options: {
    output: { type: "string", default: ".cairn/screenshots" },
    rounds: { type: "string", default: "4" },
    url: { type: "string" },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const chromium = chromiumPath();
  if (chromium === undefined) return complain("Chromium is missing: apt-get install chromium, or set CAIRN_CHROMIUM.");
  const folder = resolve(process.env.INIT_CWD ?? ".", values.output);
  mkdirSync(folder, { recursive: true });
  const started = values.url === undefined ? startKeptNetwork({ rounds: Number(values.rounds) }) : undefined;
  let browser: Browser | undefined;
  try {
    const url = values.url ?? (await started!.url);
    browser = await openBrowser(chromium);
    let memory: Memory | undefined;
    for (const look of LOOKS)
      memory = await takeAll(browser, url, { ...look, ...(memory && { storageState: memory }) }, folder);
    process.stderr.write(`Pictures are in ${folder}.\n`);
    return 0;
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error));
  } finally {
    await browser?.close();
    await started?.stop();
  }
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

/** What a browser has kept of the site. */
type Memory = Exclude<BrowserContextOptions["storageState"], string | undefined>;

async function takeAll(browser: Browser, url: string, { suffix, ...look }: Look, folder: string): Promise<Memory> {
  const context = await browser.newContext({ ...look, reducedMotion: "reduce" });
  const { chain } = await (await fetch(`${url}/cairn.json`)).json();
  await addTestWallet(context, { rpcUrl: chain.rpcUrl, chainId: chain.id, key: generatePrivateKey() });
  const page = await context.newPage();
  for (const { name, path, act } of SHOTS) {
    await page.goto(url + path, { waitUntil: "load" });
    await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached", timeout: 20_000 });
    await act?.(page);
    await page.waitForTimeout(400); // documents behind content ids
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...look.viewport, height: Math.max(look.viewport.height, height) }); // bars stay at the edge
    await page.screenshot({ path: join(folder, `${name}-${suffix}.png`), fullPage: true, animations: "disabled" });
    await page.setViewportSize(look.viewport);
  }
  const memory = await context.storageState();
  await context.close();
  return memory;
}

/** Every version is measured once a browser; the first look waits for it. */
async function curve(page: Page): Promise<void> {
  await page.locator("main canvas").first().waitFor({ state: "attached", timeout: 60_000 });
  const versions = Number(values.rounds) + 1;
  await page.waitForFunction(
    (least) => Object.keys(JSON.parse(localStorage.getItem("cairn.measured") ?? "{}")).length >= least,
    versions,
    { timeout: 60_000 },
  );
}

/** Stays so for the rest of this look. */
async function connect(page: Page): Promise<void> {
  const press = (name: RegExp) => page.getByRole("button", { name }).first().click();
  await press(/^(Connect wallet|Wallet verbinden)$/);
  await press(/Test Wallet/);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await press(/10 ETH/);
  await page.waitForTimeout(2_000); // until the coins are there
}

async function drawSeven(page: Page): Promise<void> {
  const pad = page.locator("canvas").first();
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (box === null) return;
  const at = ([x, y]: readonly [number, number]) => [box.x + box.width * x, box.y + box.height * y] as const;
  await page.mouse.move(...at([0.3, 0.22]));
  await page.mouse.down();
  for (const corner of [
    [0.7, 0.22],
    [0.45, 0.85],
  ] as const)
    await page.mouse.move(...at(corner), { steps: 8 });
  await page.mouse.up();
  await page.waitForTimeout(1_000);
}
