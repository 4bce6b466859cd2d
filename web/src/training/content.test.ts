/** Tests handing an update over to nodes that fail, lie or talk too much. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileRef } from "@cairn/trainer/protocol/fileRef";
import { publish } from "./content.ts";

const BYTES = Uint8Array.from({ length: 500 }, (_, i) => i & 255);
const ref = await fileRef(BYTES);
const { signal } = new AbortController();

const node = (answer: (body: unknown) => Response | Promise<Response>): typeof fetch =>
  (async (_url: unknown, init?: RequestInit) => answer(init?.body)) as typeof fetch;

const hand = (answer: (body: unknown) => Response | Promise<Response>) =>
  publish(BYTES, { upload: "http://127.0.0.1/content", ref, signal, fetch: node(answer) });

describe("publish", () => {
  it("hands over the bytes, and is content with the right digest", async () => {
    let got: unknown;
    await hand((body) => {
      got = body;
      return Response.json({ cid: "bafk", ...ref }, { status: 201 });
    });
    assert.deepEqual(got, BYTES);
  });

  it("refuses a node that says it keeps something else", async () => {
    const lie = hand(() => Response.json({ digest: `0x${"00".repeat(32)}`, byteLength: 500 }));
    await assert.rejects(lie, { code: "TRAIN_UPLOAD_WRONG" });
    await assert.rejects(
      hand(() => new Response("<html>ok</html>")),
      { code: "TRAIN_UPLOAD_WRONG" },
    );
    await assert.rejects(
      hand(() => new Response("null")),
      { code: "TRAIN_UPLOAD_WRONG" },
    );
  });

  it("says what a node that takes nothing said", async () => {
    const refused = hand(() => new Response("That is more than 64 MiB.", { status: 413 }));
    await assert.rejects(refused, (error: { detail?: unknown; cause?: Error }) => {
      assert.deepEqual(error.detail, { code: "TRAIN_UPLOAD_FAILED", status: 413 });
      assert.match(String(error.cause?.message), /64 MiB/);
      return true;
    });
    await assert.rejects(
      hand(() => Promise.reject(new TypeError("fetch failed"))),
      { code: "TRAIN_UPLOAD_FAILED" },
    );
    const nowhere = publish(BYTES, { upload: undefined, ref, signal });
    await assert.rejects(nowhere, { code: "TRAIN_NO_UPLOAD" });
  });
});
