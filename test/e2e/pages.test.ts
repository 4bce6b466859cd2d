/**
 * Every page in every state that it can be in, in both themes: axe finds nothing, nothing scrolls sideways at 320 pixels,
 * nothing throws, nothing is asked of another machine. Contents are the stories' business; here a page must only be there.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { generatePrivateKey } from "viem/accounts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { type LocalNetwork, openLocalNetwork } from "../integration/support/localNetwork.ts";
import { overflow, violations } from "./support/axe.ts";
import { chromiumPath, openBrowser } from "./support/browser.ts";
import { builtSite, serveSite, type TestSite } from "./support/site.ts";
import { addTestWallet } from "./support/testWallet.ts";

const chromium = chromiumPath();
const site = builtSite();
const missing =
  chromium === undefined ? "Chromium is not installed" : site === undefined ? "no site: npm run web:build" : false;

const ROUNDS = 2;

/** Pages whose objects are there or not, by what the chain holds. */
const PAGES = [
  "/",
  "/models/",
  "/model/?id=1",
  "/model/?id=1&tab=versions",
  "/model/?id=1&tab=lineage",
  "/model/?id=1&tab=files",
  "/tasks/",
  "/tasks/new/",
  "/task/?id=1",
  "/round/?task=1&round=1",
  "/trainers/",
  "/trainer/?address=ADMIN",
  "/datasets/",
  "/dataset/?id=1",
  "/disputes/",
  "/wallet/",
  "/train/?task=1",
  "/try/?model=1",
  "/errors/",
  "/errors/CHAIN_WRONG_CHAIN/",
  "/status/",
  "/no-such-page/",
] as const;

const NARROW = { width: 320, height: 700 };
const WIDE = { width: 1280, height: 800 };

/** The chain, as a page finds it. */
type State = "empty" | "loading" | "unreachable" | "running" | "connected" | "wrong chain" | "German";

describe("Pages", { skip: missing, timeout: 900_000 }, () => {
  const foreign: string[] = [];
  const thrown: string[] = [];
  let network: LocalNetwork;
  let server: TestSite;
  let browser: Browser;

  before(async () => {
    network = await openLocalNetwork({ records: 10_000 });
    server = await serveSite(network, site!);
    browser = await openBrowser(chromium!);
  });

  after(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await network?.stop();
  });

  async function openContext(state: State): Promise<Page> {
    const context = await browser.newContext({ locale: state === "German" ? "de-DE" : "en-GB", viewport: WIDE });
    context.on("request", (request) => {
      if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) foreign.push(request.url());
    });
    const { rpcUrl, chainId } = network.deployment;
    if (state === "connected" || state === "wrong chain") {
      const elsewhere = state === "wrong chain" ? { shownChainId: chainId + 1 } : {};
      await addTestWallet(context, { rpcUrl, chainId, key: generatePrivateKey(), ...elsewhere });
    }
    if (state === "unreachable") await context.route(`${rpcUrl}/**`, (route) => route.abort());
    if (state === "loading") await context.route(`${rpcUrl}/**`, () => {}); // never answered
    const page = await context.newPage();
    page.on("pageerror", (error) => thrown.push(`${state} ${page.url()}: ${error.message}`));
    return page;
  }

  /** The wallet stays connected over pages, as the browser remembers it. */
  async function connect(page: Page): Promise<void> {
    await page.goto(`${server.url}/wallet/`);
    await page.getByRole("button", { name: "Connect wallet" }).first().click();
    await page.getByRole("button", { name: /Test Wallet/ }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }

  async function checkPages(state: State): Promise<void> {
    const page = await openContext(state);
    if (state === "connected" || state === "wrong chain") await connect(page);
    const found: string[] = [];
    for (const address of PAGES) {
      const path = address.replace("ADMIN", network.admin.chain.account!.address);
      await page.setViewportSize(WIDE);
      await page.goto(server.url + path, { waitUntil: "domcontentloaded" });
      await page.locator("main").waitFor();
      await settled(page, state);
      const language = await page.evaluate(() => document.documentElement.lang);
      if (language !== (state === "German" ? "de" : "en")) found.push(`${path}: language ${language}`);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve))); // drawn in the theme
        found.push(...(await violations(page)).map((line) => `${path} (${colorScheme}): ${line}`));
      }
      await page.setViewportSize(NARROW);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      const { px, of } = await overflow(page);
      if (px > 0) found.push(`${path}: ${px} px too wide at ${NARROW.width}: ${of}`);
    }
    await page.context().close();
    assert.deepEqual(found, []);
  }

  /** Waits until the page has read the chain, where it can. */
  async function settled(page: Page, state: State): Promise<void> {
    await page.waitForLoadState("load");
    const skeletons = page.locator("main [aria-busy=true]");
    const canRead = state !== "loading" && state !== "unreachable";
    const until = Date.now() + (canRead ? 15_000 : 500);
    while (Date.now() < until && (!canRead || (await skeletons.count()) > 0)) await pause(50, network.signal);
    await pause(150, network.signal); // what comes with the first render after
  }

  for (const state of ["empty", "loading", "unreachable"] as const)
    it(`are whole while the chain is ${state}`, () => checkPages(state));

  it("has two rounds to show", async () => {
    const taskId = await network.createTask({ rounds: ROUNDS, trainers: 2, phaseSeconds: 60 });
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    for (const auditor of auditors) network.start(auditor, ["auditor"], { taskIds: [taskId] });
    await network.auditorsCount(auditors.length);
    const trainers = await Promise.all([0, 1].map((i) => network.participant(`trainer-${i}`)));
    for (const trainer of trainers) network.start(trainer, ["trainer"], { taskIds: [taskId] });
    const { admin, signal } = network;
    for (const until = Date.now() + 180_000; ; await pause(200, signal)) {
      const { latestVersion } = await admin.chain.read("modelRegistry", "modelOf", [1n], { signal });
      if (latestVersion >= ROUNDS) break;
      assert.ok(Date.now() < until, "two rounds in three minutes");
    }
  });

  for (const state of ["running", "connected", "wrong chain", "German"] as const)
    it(`are whole: ${state}`, () => checkPages(state));

  it("asked nothing of another machine, and no page threw", () => {
    assert.deepEqual(foreign, []);
    assert.deepEqual(thrown, []);
  });
});
