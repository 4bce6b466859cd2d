/**
 * A tab as a trainer on a graphics card, in a real browser on a real chain with real nodes: in a Private task its update is
 * accepted, a card that is lost hands over to the processor, and in a Replayable task no card is to be had.
 *
 * The card is Chromium's own software driver: it says nothing of speed, and is skipped where the browser offers none.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { SOFTWARE_WEBGPU } from "../../scripts/bench/browser/browsers.ts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { type LocalNetwork, openLocalNetwork } from "../integration/support/localNetwork.ts";
import { chromiumPath, openBrowser } from "./support/browser.ts";
import { builtSite, serveSite, type TestSite } from "./support/site.ts";
import { addTestWallet } from "./support/testWallet.ts";

const chromium = chromiumPath();
const site = builtSite();
const missing =
  chromium === undefined ? "Chromium is not installed" : site === undefined ? "no site: npm run web:build" : undefined;
const skip = missing ?? (await adapterMissing());

/** @returns why there is no card to test with; `false` when there is one. */
async function adapterMissing(): Promise<string | false> {
  const browser = await openBrowser(chromium!, SOFTWARE_WEBGPU);
  try {
    const page = await browser.newPage();
    await page.goto("chrome://version"); // a secure page, which WebGPU asks for
    const found = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
    return found ? false : "this Chromium offers no WebGPU adapter, not even in software";
  } finally {
    await browser.close();
  }
}

const ROUNDS = 4;
/** A round's phases are cut short when everybody has acted. Unit: milliseconds. */
const PATIENCE_MS = 150_000;
const CAIRN_EACH = 200n * 10n ** 18n;

describe("Train here on a graphics card", { skip, timeout: 600_000 }, () => {
  const key = generatePrivateKey();
  const { address } = privateKeyToAccount(key);
  const thrown: string[] = [];
  let network: LocalNetwork;
  let server: TestSite;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let privateTask: bigint;
  let replayableTask: bigint;

  before(async () => {
    network = await openLocalNetwork({ records: 10_000 });
    const { admin, signal } = network;
    const phases = { trainers: 2, phaseSeconds: 90 };
    privateTask = await network.createTask({ ...phases, mode: "Private", rounds: ROUNDS }, { batchSize: 64 });
    replayableTask = await network.createTask({ ...phases, rounds: 1 });
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    for (const auditor of auditors) network.start(auditor, ["auditor"], { taskIds: [privateTask] });
    network.start(await network.participant("trainer"), ["trainer"], { taskIds: [privateTask] });
    const balance = [address, "0x8ac7230489e80000"];
    await admin.chain.client.request({ method: "hardhat_setBalance" as never, params: balance as never });
    await admin.chain.send("cairnToken", "transfer", [address, CAIRN_EACH], { signal });
    await network.auditorsCount(auditors.length);
    server = await serveSite(network, site!);
    browser = await openBrowser(chromium!, SOFTWARE_WEBGPU);
    context = await browser.newContext({ locale: "en-GB" });
    const { rpcUrl, chainId } = network.deployment;
    await addTestWallet(context, { rpcUrl, chainId, key });
    page = await context.newPage();
    page.on("pageerror", (error) => thrown.push(error.message));
  });

  after(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await network?.stop();
  });

  const press = (name: string | RegExp) => page.getByRole("button", { name }).first().click();
  const card = () => page.getByRole("radio", { name: "Graphics card (WebGPU)" });
  const fastEnough = () => page.getByText("Fast enough").waitFor({ timeout: PATIENCE_MS });

  async function patiently<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (const until = Date.now() + PATIENCE_MS; ; ) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > until) {
        throw new Error(
          `nothing came of it; the page says: ${await page.locator("main").innerText({ timeout: 5_000 })}`,
        );
      }
      await pause(100, network.signal);
    }
  }

  const dutyIn = (round: number) => {
    const { admin, signal } = network;
    return admin.chain.read("flContract", "dutyOf", [privateTask, round, address], { signal });
  };

  const currentRound = async (): Promise<number> =>
    (await network.admin.chain.read("flContract", "taskOf", [privateTask], network)).round;

  /** @returns the number of the next round in which the tab has committed. */
  const committedAfter = (round: number) =>
    patiently(async () => {
      const current = await currentRound();
      return current > round && (await dutyIn(current)).committed ? current : undefined;
    });

  const isAccepted = (round: number) =>
    patiently(async () => {
      const view = await readRound(network.admin.chain, privateTask, round, network);
      assert.notEqual(view.phase, "Failed", `round ${round} failed: ${view.failure}`);
      if (view.phase !== "Final") return undefined;
      return ((view.acceptedBitmap >> BigInt((await dutyIn(round)).slot)) & 1n) === 1n;
    });

  it("offers no card in a Replayable task, and says why", async () => {
    await page.goto(`${server.url}/train/?task=${replayableTask}`);
    await fastEnough();
    assert.equal(await card().isDisabled(), true);
    await page.getByText(/a graphics card gives no bits that others can compute again/).waitFor();
    await page.getByText(/^\d+ threads?, through WebAssembly/).waitFor();
  });

  it("says in a Private task why it did not choose the card by itself, and takes it when told", async () => {
    await page.goto(`${server.url}/train/?task=${privateTask}`);
    await fastEnough();
    await page.getByText(/The only card here is a driver that computes on the processor/).waitFor();
    await page.getByText(/^\d+ threads?, through WebAssembly/).waitFor();
    await card().check();
    await page.getByRole("checkbox", { name: /go on with the processor/ }).check();
    await page.getByText(/swiftshader, a driver that computes on the processor/).waitFor({ timeout: PATIENCE_MS });
    await fastEnough();
  });

  it("asks for no processor behind the visitor's back: without a card it says so, and offers it", async () => {
    const bare = await openBrowser(chromium!, ["--disable-features=WebGPUService", "--disable-gpu"]);
    try {
      const other = await bare.newPage({ locale: "en-GB" });
      await other.goto(`${server.url}/train/?task=${privateTask}`);
      await other.getByText("Fast enough").waitFor({ timeout: PATIENCE_MS });
      await other.getByRole("radio", { name: "Graphics card (WebGPU)" }).check();
      await other.getByText("The graphics card can't be used").waitFor({ timeout: PATIENCE_MS });
      await other
        .getByText(/TRAIN_GPU_NO_(ADAPTER|WEBGPU)|offers no graphics card|has no WebGPU/)
        .first()
        .waitFor();
      await other.getByRole("button", { name: "Compute on the processor" }).click();
      await other.getByText("Fast enough").waitFor({ timeout: PATIENCE_MS });
    } finally {
      await bare.close();
    }
  });

  it("trains on it, and auditors who score the update accept it", async () => {
    await press("Connect a wallet");
    await page.getByRole("button", { name: /Test Wallet/ }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await press("Announce this account");
    await press(/^Stake /);
    await press(`Join task ${privateTask}`);
    await page.getByRole("button", { name: "Start training" }).waitFor();
    await press("Start training");
    assert.ok(await isAccepted(await committedAfter(0)), "accepted");
    const row = page.getByRole("row").filter({ hasText: "accepted" }).first(); // newest first
    await row.getByText(/swiftshader/i).waitFor();
  });

  it("goes on with the processor when the card is lost, from the round's weights, and says so", async () => {
    const round = await currentRound();
    const session = await browser.newBrowserCDPSession();
    await session.send("Browser.crashGpuProcess"); // which has the card
    assert.ok(await isAccepted(await committedAfter(round)), "accepted");
    await page.getByText(/The graphics card failed and the processor trains on/).waitFor();
    await page.getByText("(ENGINE_DEVICE_LOST)").waitFor();
    const row = page.getByRole("row").filter({ hasText: "accepted" }).first();
    await row.getByText(/^Processor, \d+ threads?$/).waitFor();
  });

  it("threw nothing in the page", () => assert.deepEqual(thrown, []));
});
