/**
 * A tab as a trainer, in a real browser on a real chain with real nodes: its updates are accepted by auditors who train them
 * again in Node, so the bits are equal; it survives being killed between commitment and opening; only one tab trains. Then
 * the model is tried, by sample, by drawing, and by measuring it. Longer than other files: one story, told in order.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { pause } from "../../trainer/src/chain/deadline.ts";
import { readRound } from "../../trainer/src/chain/task.ts";
import { decodeVersion } from "../../trainer/src/engine/checkpoint.ts";
import { compile } from "../../trainer/src/engine/program.ts";
import { createWasmExecutor } from "../../trainer/src/engine/wasm/wasmExecutor.ts";
import { evaluateInParts } from "../../trainer/src/learning/evaluateInParts.ts";
import type { RunningNode } from "../../trainer/src/node/node.ts";
import { type LocalNetwork, openLocalNetwork } from "../integration/support/localNetwork.ts";
import { chromiumPath, openBrowser } from "./support/browser.ts";
import { hugePng } from "./support/hugePng.ts";
import { longestTask, watchLongTasks } from "./support/longTasks.ts";
import { builtSite, serveSite, type TestSite } from "./support/site.ts";
import { addTestWallet, type TestWallet } from "./support/testWallet.ts";

const chromium = chromiumPath();
const site = builtSite();
const missing =
  chromium === undefined ? "Chromium is not installed" : site === undefined ? "no site: npm run web:build" : false;

const ROUNDS = 6;

/** A round's phases last a minute at most, and all of them are cut short when everybody has acted. Unit: milliseconds. */
const PATIENCE_MS = 120_000;

const CAIRN_EACH = 100n * 10n ** 18n;

/** Strokes on a sheet one wide and one high: `[x0, y0, x1, y1, …]`. */
const DRAWINGS = [
  ["7", [[0.3, 0.2, 0.7, 0.2, 0.45, 0.85]]],
  ["1", [[0.5, 0.15, 0.5, 0.85]]],
  ["0", [[0.5, 0.15, 0.3, 0.3, 0.28, 0.6, 0.45, 0.85, 0.65, 0.75, 0.72, 0.45, 0.62, 0.2, 0.5, 0.15]]],
  ["2", [[0.3, 0.3, 0.45, 0.15, 0.65, 0.25, 0.6, 0.45, 0.3, 0.85, 0.75, 0.85]]],
] as const;

describe("Train here", { skip: missing, timeout: 600_000 }, () => {
  const key = generatePrivateKey();
  const { address } = privateKeyToAccount(key);
  const foreign: string[] = [];
  const thrown: string[] = [];
  let network: LocalNetwork;
  let server: TestSite;
  let browser: Browser;
  let context: BrowserContext;
  let wallet: TestWallet;
  let page: Page;
  let taskId: bigint;
  let nodes: RunningNode[];

  before(async () => {
    network = await openLocalNetwork({ records: 10_000 });
    const { admin, signal } = network;
    taskId = await network.createTask({ rounds: ROUNDS, trainers: 2, phaseSeconds: 60 });
    const auditors = await Promise.all([0, 1, 2].map((i) => network.participant(`auditor-${i}`)));
    nodes = auditors.map((auditor) => network.start(auditor, ["auditor"], { taskIds: [taskId] }));
    nodes.push(network.start(await network.participant("trainer"), ["trainer"], { taskIds: [taskId] }));
    const balance = [address, "0x8ac7230489e80000"];
    await admin.chain.client.request({ method: "hardhat_setBalance" as never, params: balance as never });
    await admin.chain.send("cairnToken", "transfer", [address, CAIRN_EACH], { signal });
    await network.auditorsCount(auditors.length);
    server = await serveSite(network, site!);
    browser = await openBrowser(chromium!);
    context = await browser.newContext({ locale: "en-GB" });
    const { rpcUrl, chainId } = network.deployment;
    wallet = await addTestWallet(context, { rpcUrl, chainId, key });
    await watchLongTasks(context);
    context.on("request", (request) => {
      if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) foreign.push(request.url());
    });
    page = await openPage();
  });

  after(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await network?.stop();
  });

  async function openPage(): Promise<Page> {
    const opened = await context.newPage();
    opened.on("pageerror", (error) => thrown.push(error.message));
    await opened.goto(`${server.url}/train/?task=${taskId}`);
    return opened;
  }

  const press = (name: string | RegExp, on = page) => on.getByRole("button", { name }).first().click();

  /** @returns what throws once it has been waited too long, with what the page says by then. */
  function patience(): () => Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    return async () => {
      if (Date.now() < until) return;
      const text = await page.locator("main").innerText({ timeout: 5_000 });
      throw new Error(`nothing came of it; the page says: ${text}`);
    };
  }

  const dutyIn = (round: number) => {
    const { admin, signal } = network;
    return admin.chain.read("flContract", "dutyOf", [taskId, round, address], { signal });
  };

  /** @returns the round's number once there is one later than `after` in which the tab has committed. */
  async function committedAfter(round: number): Promise<number> {
    const { admin, signal } = network;
    for (const inTime = patience(); ; await inTime()) {
      const { round: current } = await admin.chain.read("flContract", "taskOf", [taskId], { signal });
      if (current > round && (await dutyIn(current)).committed) return current;
      await pause(50, signal);
    }
  }

  /** @returns whether the tab's update was accepted, once the round is over. */
  async function isAccepted(round: number): Promise<boolean> {
    const { admin, signal } = network;
    for (const inTime = patience(); ; await inTime()) {
      const view = await readRound(admin.chain, taskId, round, { signal });
      assert.notEqual(view.phase, "Failed", `round ${round} failed: ${view.failure}`);
      if (view.phase === "Final") return ((view.acceptedBitmap >> BigInt((await dutyIn(round)).slot)) & 1n) === 1n;
      await pause(200, signal);
    }
  }

  /** With the mouse, as a visitor does. */
  async function draw(strokes: readonly (readonly number[])[]): Promise<void> {
    const pad = page.locator("canvas").first();
    await page.getByRole("button", { name: "Clear" }).click({ force: true });
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    assert.ok(box);
    for (const stroke of strokes) {
      for (let i = 0; i < stroke.length; i += 2) {
        const [x, y] = [box.x + box.width * stroke[i]!, box.y + box.height * stroke[i + 1]!];
        await page.mouse.move(x, y, { steps: i === 0 ? 1 : 6 });
        if (i === 0) await page.mouse.down();
      }
      await page.mouse.up();
    }
  }

  it("takes a visitor from no wallet to a place in the task", async () => {
    await press("Connect a wallet");
    await page.getByRole("button", { name: /Test Wallet/ }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await press("Announce this account");
    await press(/^Stake /);
    await press(`Join task ${taskId}`);
    await page.getByText("Fast enough").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Start training" }).waitFor();
    const { admin, signal } = network;
    const [isEnrolled] = await admin.chain.read("flContract", "slotOf", [taskId, address], { signal });
    assert.ok(isEnrolled);
  });

  it("trains, commits and opens; auditors who train it again accept it", async (test) => {
    const longest = await longestTask(page);
    await press("Start training");
    assert.ok(await isAccepted(await committedAfter(0)), "the auditors' bytes are the tab's");
    await page.getByRole("cell", { name: "accepted" }).first().waitFor();
    test.diagnostic(`longest task of the page while training: ${await longest()} ms`);
  });

  it("goes on after the tab was killed between commitment and opening", async () => {
    wallet.mood.reveal = "ignore"; // the visitor is away when the wallet asks to open
    const { round: current } = await network.admin.chain.read("flContract", "taskOf", [taskId], network);
    const round = await committedAfter(current);
    await page.close({ runBeforeUnload: false });
    assert.equal((await dutyIn(round)).revealed, false);
    wallet.mood.reveal = "sign";
    page = await openPage();
    await page.getByText("Something is left open").waitFor({ timeout: 30_000 });
    await press("Start training");
    assert.ok(await isAccepted(round), "the salt was on disk");
  });

  it("lets one tab of a browser train, and tells the other", async () => {
    const second = await openPage();
    await second.getByRole("button", { name: "Start training" }).waitFor({ timeout: 60_000 });
    await press("Start training", second);
    await second.getByText(/Another tab of this browser trains/).waitFor();
    await second.close();
  });

  it("finishes what is committed, then stops", async () => {
    await press("Finish, then stop");
    await page.getByText(/^(Finished\. Nothing is left open|The task has no round left)/).waitFor({ timeout: 120_000 });
  });

  it("lets the trained model be tried: by sample, by drawing, and measured as the command line does", async () => {
    const { admin, signal, dataset } = network;
    const { latestVersion } = await admin.chain.read("modelRegistry", "modelOf", [1n], { signal });
    await page.goto(`${server.url}/try/?model=1&version=${latestVersion}`);
    const answer = page.getByRole("paragraph").filter({ hasText: /says the model|not sure/ });
    await press("Sample of a 3");
    await answer.waitFor({ timeout: 30_000 });

    let right = 0;
    for (const [digit, strokes] of DRAWINGS) {
      await draw(strokes);
      await page.waitForTimeout(500); // the answer to this drawing, not to the last one
      if ((await answer.innerText()).includes(`“${digit}”`)) right++;
    }
    assert.ok(right >= DRAWINGS.length - 1, `${right} of ${DRAWINGS.length} drawn digits told right`);

    await press("Measure this version");
    const shown = await page
      .getByText(/^\d+\.\d\d%$/)
      .first()
      .innerText();
    const view = await admin.chain.read("modelRegistry", "versionOf", [1n, latestVersion], { signal });
    const weights = { digest: view.weightsDigest, byteLength: view.weightsByteLength };
    const layers = [{ type: "flatten" }, { type: "dense", units: 10 }] as const;
    const executor = await createWasmExecutor(
      compile(
        { input: [28, 28, 1], layers, loss: "softmaxCrossEntropy" },
        { batchSize: 256, optimiser: { type: "sgd", learningRate: 1, momentum: 0 } },
      ),
    );
    executor.loadParameters(decodeVersion(await admin.store.get(weights, { signal }), executor.program).parameters);
    const indices = Uint32Array.from({ length: dataset.test.count }, (_, i) => i);
    const evaluation = await evaluateInParts(executor, { records: dataset.test, indices }, () => true);
    assert.equal(shown, `${(100 * evaluation!.accuracy!).toFixed(2)}%`);
  });

  it("refuses what is no image, or hides a huge one, and goes on", async () => {
    const input = page.locator('input[type="file"]');
    const drop = (name: string, buffer: Buffer) => input.setInputFiles({ name, mimeType: "image/png", buffer });
    await drop("page.png", Buffer.from("<html><script>alert(1)</script></html>"));
    await page.getByText("This is no image that this browser can read.").waitFor();
    await drop("bomb.png", hugePng(20_000));
    await page.getByText("The image has too many pixels.").waitFor();
    await press("Sample of a 5");
    await page
      .getByRole("paragraph")
      .filter({ hasText: /says the model|not sure/ })
      .waitFor();
  });

  it("asked nothing of another machine, and no page threw", () => {
    assert.deepEqual(foreign, []);
    assert.deepEqual(thrown, []);
    for (const node of nodes) node.stop();
  });
});
