/** The server over a site of three files and a store in memory, asked over real HTTP. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { NetworkError, networkError } from "../../trainer/src/network/networkError.ts";
import { type ContentRef, toCid } from "../../trainer/src/protocol/contentRef.ts";
import { type SiteServer, startSiteServer } from "./siteServer.ts";
import { openStaticFiles, type StaticFiles } from "./staticFiles.ts";

const INLINE = "self.hello = 1";
const PAGE = `<!doctype html><title>A page</title><script>${INLINE}</script><script src="/a.js"></script>${"<p>stone</p>".repeat(99)}`;

const stored = new Map<string, Uint8Array>();

const store = {
  async put(bytes: Uint8Array): Promise<ContentRef> {
    const digest = `0x${createHash("sha256").update(bytes).digest("hex")}` as const;
    stored.set(toCid({ digest, byteLength: bytes.length }).toString(), bytes);
    return { digest, byteLength: bytes.length };
  },
  async block(cid: { toString(): string }): Promise<Uint8Array> {
    const bytes = stored.get(cid.toString());
    if (bytes !== undefined) return bytes;
    throw networkError({ code: "NETWORK_CONTENT_NOT_FOUND", cid: cid.toString(), deadlineMs: 1 });
  },
};

describe("the site's server", () => {
  const directory = mkdtempSync(join(tmpdir(), "cairn-site-"));
  let files: StaticFiles | undefined;
  let server: SiteServer;
  before(async () => {
    assert.ok(NetworkError, "the store throws what the network throws");
    mkdirSync(join(directory, "tasks"));
    mkdirSync(join(directory, "_next/static"), { recursive: true });
    writeFileSync(join(directory, "index.html"), PAGE);
    writeFileSync(join(directory, "404.html"), "<title>nothing here</title>");
    writeFileSync(join(directory, "tasks/index.html"), "<title>tasks</title>");
    writeFileSync(join(directory, "_next/static/a-1234.js"), "1");
    writeFileSync(join(directory, "../cairn-secret.txt"), "secret");
    const document = { schema: "cairn/web/v1" };
    server = await startSiteServer({
      ...{ files: () => files, document, store, preferredPort: 0, signal: new AbortController().signal },
      faucet: {
        give: async (account) => {
          if (account !== "0xA") throw new TypeError("account is no address");
          return ["0x1"];
        },
      },
    });
  });
  after(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
    rmSync(join(directory, "../cairn-secret.txt"));
  });

  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, server.url), { redirect: "manual", ...init });

  it("says that the site is being built, and asks to come again", async () => {
    const answer = await get("/");
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /being built.*/);
    assert.equal((await get("/cairn.json")).status, 200, "the rest works meanwhile");
    files = openStaticFiles(directory, ["http://127.0.0.1:8545"]);
  });

  it("hands out pages, leads folders to their slash, and keeps what never changes", async () => {
    assert.equal(await (await get("/")).text(), PAGE);
    assert.equal(await (await get("/tasks/?sort=reward")).text(), "<title>tasks</title>");
    const folder = await get("/tasks");
    assert.deepEqual([folder.status, folder.headers.get("location")], [308, "/tasks/"]);
    assert.match((await get("/_next/static/a-1234.js")).headers.get("cache-control") ?? "", /immutable/);
    const missing = await get("/nowhere/");
    assert.deepEqual([missing.status, await missing.text()], [404, "<title>nothing here</title>"]);
  });

  it("lets a page run its own inline scripts, and no other", async () => {
    const policy = (await get("/")).headers.get("content-security-policy") ?? "";
    const hash = createHash("sha256").update(INLINE).digest("base64");
    assert.match(policy, new RegExp(`script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash.replaceAll("+", "\\+")}';`));
    assert.match(policy, /connect-src 'self' http:\/\/127\.0\.0\.1:8545;/);
  });

  it("never leaves its folder", async () => {
    for (const path of [
      "/../cairn-secret.txt",
      "/%2e%2e/cairn-secret.txt",
      "/tasks/..%2f..%2fcairn-secret.txt",
      "/%00",
    ]) {
      assert.notEqual(await rawGet(server.url, path), "secret", path);
    }
  });

  it("answers to its own names only", async () => {
    assert.equal(await rawStatus(server.url, { host: "evil.example" }), 421);
    assert.equal(await rawStatus(server.url, { host: `localhost:${new URL(server.url).port}` }), 200);
  });

  it("stores what a page of this machine brings, and gives it back by CID", async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const put = await get("/content", { method: "POST", body: bytes, headers: { origin: server.url } });
    const { cid } = (await put.json()) as { cid: string };
    assert.deepEqual(new Uint8Array(await (await get(`/ipfs/${cid}?format=raw`)).arrayBuffer()), bytes);
  });

  it("says that nobody has a block, and what is no CID", async () => {
    const nobodys = toCid({ digest: `0x${"ab".repeat(32)}`, byteLength: 1 }).toString();
    assert.equal((await get(`/ipfs/${nobodys}`)).status, 404);
    assert.equal((await get("/ipfs/QmNonsense")).status, 400);
  });

  it("takes nothing from pages of elsewhere", async () => {
    const headers = { origin: "https://evil.example" };
    assert.equal((await get("/content", { method: "POST", body: "x", headers })).status, 405);
    assert.equal((await get("/faucet", { method: "POST", body: '{"account":"0xA"}', headers })).status, 405);
  });

  it("gives coins to an address, and says what is none", async () => {
    const ask = async (account: string): Promise<number> =>
      (await get("/faucet", { method: "POST", body: JSON.stringify({ account }) })).status;
    assert.deepEqual([await ask("0xA"), await ask("everybody")], [200, 400]);
  });
});

/** `fetch` tidies paths before it sends them; this does not. */
function rawGet(base: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: new URL(base).port, path }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += String(chunk);
      });
      response.on("end", () => resolve(text));
    })
      .once("error", reject)
      .end();
  });
}

function rawStatus(base: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: new URL(base).port, path: "/", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
}
