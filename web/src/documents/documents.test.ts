import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { toCid } from "@cairn/trainer/protocol/contentRef";
import { sha256 } from "viem";
import type { ContentRef } from "../index/types.ts";
import type { DocumentError } from "./documentError.ts";
import { createDocumentReader } from "./documentReader.ts";
import { createGatewayBlocks } from "./gatewayBlocks.ts";
import { MODEL_DOCUMENT, parseDocument } from "./parse.ts";

const ARCHITECTURE = { input: [4], layers: [{ type: "dense", units: 2 }], loss: "softmaxCrossEntropy" };

function refOf(bytes: Uint8Array): ContentRef {
  return { digest: sha256(bytes), byteLength: bytes.length };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const GOOD = utf8("a document");
const CID = toCid(refOf(GOOD)).toString();

/** Gateways that behave in one way each, under a path of their own. */
let server: Server;
let base: string;
const hits: string[] = [];

before(async () => {
  server = createServer((request, response) => {
    const [, way] = (request.url ?? "").split("/");
    hits.push(way ?? "");
    if (way === "good") return void response.end(GOOD);
    if (way === "wrong") return void response.end("a documenT");
    if (way === "missing") return void response.writeHead(404).end();
    if (way === "silent") return undefined;
    if (way === "redirect") return void response.writeHead(302, { location: "/good/x" }).end();
    const chunk = Buffer.alloc(65_536); // "endless"
    const more = (): void => {
      while (response.write(chunk));
      response.once("drain", more);
    };
    response.on("close", () => response.removeAllListeners("drain"));
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

function readerOf(ways: readonly string[], timeoutMs = 300) {
  const gateways = ways.map((way) => `${base}/${way}/`);
  return createDocumentReader({ blocks: createGatewayBlocks({ gateways, timeoutMs }), deadlineMs: 3_000 });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no error",
    (error: DocumentError) => error.code,
  );
}

describe("a document by its digest", () => {
  it("comes from the first gateway that has the right bytes, past all that lie, hang, flood or lead elsewhere", async () => {
    const reader = readerOf(["missing", "wrong", "silent", "endless", "redirect", "good"]);
    assert.deepEqual(await reader.read(refOf(GOOD), { maxBytes: 100 }), GOOD);
  });

  it("is fetched once, also when it is asked for twice at the same time", async () => {
    const reader = readerOf(["good"]);
    hits.length = 0;
    await Promise.all([1, 2].map(() => reader.read(refOf(GOOD), { maxBytes: 100 })));
    await reader.read(refOf(GOOD), { maxBytes: 100 });
    assert.deepEqual(hits, ["good"]);
  });

  it("is not even asked for when it is too large", async () => {
    hits.length = 0;
    const large = { ...refOf(GOOD), byteLength: 5_000_000 };
    assert.equal(await codeOf(readerOf(["good"]).read(large, { maxBytes: 262_144 })), "DOCUMENT_TOO_LARGE");
    assert.deepEqual(hits, []);
  });

  const failures = [
    { ways: [], code: "DOCUMENT_NO_SOURCE" },
    { ways: ["missing"], code: "DOCUMENT_NOT_FOUND" },
    { ways: ["silent"], code: "DOCUMENT_NOT_FOUND" },
    { ways: ["wrong", "missing"], code: "DOCUMENT_WRONG_DIGEST" },
    { ways: ["endless"], code: "DOCUMENT_WRONG_DIGEST" },
  ];
  for (const { ways, code } of failures) {
    it(`fails with ${code} when gateways are ${ways.join(", ") || "none"}`, async () => {
      assert.equal(await codeOf(readerOf(ways).read(refOf(GOOD), { maxBytes: 100 })), code);
    });
  }

  it("of another length than the chain says is refused", async () => {
    const lied = { ...refOf(GOOD), byteLength: 9 };
    assert.equal(await codeOf(readerOf(["good"]).read(lied, { maxBytes: 100 })), "DOCUMENT_MALFORMED");
    assert.match(CID, /^bafk/);
  });

  it("can be left by one who no longer wants it", async () => {
    const gone = new AbortController();
    const reading = readerOf(["silent"]).read(refOf(GOOD), { maxBytes: 100, signal: gone.signal });
    gone.abort(new Error("gone"));
    await assert.rejects(reading, /gone/);
  });
});

describe("a model's description", () => {
  const parse = (value: object) => parseDocument(MODEL_DOCUMENT, utf8(canonical(value)));

  it("keeps HTML as the text that it is, and cuts what is too long", () => {
    const name = "<img src=x onerror=alert(1)>";
    const document = parse({
      schema: "cairn/model/v1",
      name,
      architecture: ARCHITECTURE,
      description: "x".repeat(1e5),
    });
    assert.equal(document.name, name);
    assert.ok((document.description?.length ?? 0) < 21_000);
  });

  it("takes nothing from a prototype", () => {
    const text = `{"__proto__":{"description":"planted"},"architecture":${canonical(ARCHITECTURE)},"name":"n","schema":"cairn/model/v1"}`;
    const document = parseDocument(MODEL_DOCUMENT, utf8(text));
    assert.equal(document.description, undefined);
    assert.equal(({} as { description?: string }).description, undefined);
  });

  const wrong = [
    ["not JSON", "<html>"],
    ["a list", "[]"],
    ["another schema", `{"schema":"x"}`],
    ["nested without end", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
    ["an architecture that is none", `{"architecture":7,"name":"n","schema":"cairn/model/v1"}`],
  ] as const;
  for (const [what, text] of wrong) {
    it(`is refused when it is ${what}`, () => {
      assert.throws(() => parseDocument(MODEL_DOCUMENT, utf8(text)), { code: "DOCUMENT_MALFORMED" });
    });
  }
});

/** Keys sorted, no spaces: enough for these. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`;
}
