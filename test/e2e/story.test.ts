/**
 * README's five steps, as a visitor takes them: `npm start -- --keep`, a wallet that announces itself, coins from the faucet,
 * a place in the task for visitors, an update trained in the tab and accepted by auditors in processes of their own, a claim.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { generatePrivateKey } from "viem/accounts";
import { chromiumPath, openBrowser } from "./support/browser.ts";
import { type KeptNetwork, startKeptNetwork } from "./support/keptNetwork.ts";
import { builtSite } from "./support/site.ts";
import { addTestWallet, type TestWallet } from "./support/testWallet.ts";

const chromium = chromiumPath();
const missing =
  chromium === undefined
    ? "Chromium is not installed"
    : builtSite() === undefined
      ? "no site: npm run web:build"
      : false;

/** The demo opens it after its own. */
const VISITORS_TASK = 2;

/** Of one step; a round takes seconds. Unit: milliseconds. */
const PATIENCE_MS = 90_000;

/** @param clock as a countdown shows it: "0:29", "01:12:07". */
function seconds(clock: string): number {
  return clock.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}

describe("A visitor's story", { skip: missing, timeout: 900_000 }, () => {
  const thrown: string[] = [];
  let network: KeptNetwork;
  let url: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let wallet: TestWallet;

  before(async () => {
    network = startKeptNetwork({ rounds: 1 });
    url = await network.url;
    browser = await openBrowser(chromium!);
    context = await browser.newContext({ locale: "en-GB" });
    context.setDefaultTimeout(PATIENCE_MS);
    const { chain } = await (await fetch(`${url}/cairn.json`)).json();
    wallet = await addTestWallet(context, { rpcUrl: chain.rpcUrl, chainId: chain.id, key: generatePrivateKey() });
    page = await context.newPage();
    page.on("pageerror", (error) => thrown.push(`${page.url()}: ${error.message}`));
  });

  after(async () => {
    await browser?.close();
    await network?.stop();
  });

  const press = (name: string | RegExp, on = page) => on.getByRole("button", { name }).first().click();

  it("connects a wallet, and the window closes by itself", async () => {
    await page.goto(`${url}/wallet/`);
    await press("Connect wallet");
    await press(/Test Wallet/);
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Faucet" }).waitFor();
  });

  it("gets coins from the faucet, and the page shows them", async () => {
    await press("Get 10 ETH and 1,000 CAIRN");
    await page
      .locator("main")
      .getByText(/^1,000/)
      .first()
      .waitFor();
  });

  it("announces, stakes and joins the task for visitors", async () => {
    await page.goto(`${url}/train/?task=${VISITORS_TASK}`);
    await press("Announce this account");
    await press(/^Stake /);
    await press(`Join task ${VISITORS_TASK}`);
    await page.getByText("Fast enough").waitFor();
  });

  it("watches the round from a second tab while this one trains: the clock runs, the duty is told", async () => {
    wallet.mood.rest = "hesitate"; // so that there is a commit phase to watch
    await press("Start training");
    const watcher = await context.newPage();
    watcher.on("pageerror", (error) => thrown.push(`${watcher.url()}: ${error.message}`));
    await watcher.goto(`${url}/round/?task=${VISITORS_TASK}&round=1`);
    await watcher.getByRole("heading", { level: 1, name: /^Round 1 of/ }).waitFor();
    const duty = watcher.locator("section", { has: watcher.getByRole("heading", { name: "You", exact: true }) });
    await duty.getByText(/Your update (is open|was accepted)|You are bound to an update|Train and commit/).waitFor();
    const clock = watcher.locator("main").getByRole("timer").first();
    const read = async () => ({ text: await clock.innerText(), deadline: await clock.getAttribute("datetime") });
    let before = await read();
    const runsDown = async (): Promise<boolean> => {
      await watcher.waitForTimeout(200);
      const now = await read();
      const isSamePhase = now.deadline === before.deadline;
      if (isSamePhase && now.text === before.text) return false;
      if (isSamePhase) assert.ok(seconds(now.text) < seconds(before.text), `${before.text}, then ${now.text}`);
      before = now; // another phase has its own clock
      return isSamePhase;
    };
    let looks = 0;
    while (!(await runsDown())) assert.ok(++looks < 100, "the clock runs");
    wallet.mood.rest = "sign";
    await duty.getByText("Your update was accepted.").waitFor();
    await watcher.close();
  });

  it("has an accepted update, and stops after what is begun", async () => {
    await page.getByRole("cell", { name: "accepted" }).first().waitFor();
    await press("Finish, then stop");
    await page.getByText(/^(Finished\. Nothing is left open|The task has no round left)/).waitFor();
  });

  it("claims what it earned", async () => {
    await page.goto(`${url}/wallet/`);
    await press(/^Claim \d/);
    await page
      .getByRole("button", { name: /claimed/i })
      .first()
      .waitFor();
  });

  it("drew no page that threw", () => assert.deepEqual(thrown, []));
});
