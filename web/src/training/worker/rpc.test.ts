/** Tests questions and answers over a real message channel. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createClient, type Handlers, RemoteError, serve } from "./rpc.ts";

type Sums = {
  add(input: { readonly a: number; readonly b: number }): number;
  refuse(input: { readonly of: bigint }): never;
  wait(input: undefined): string;
};

class Refused extends Error {
  readonly detail = { code: "SUM_REFUSED", of: 3n };
}

/** @returns both ends, and a way to close them: an open port keeps the process. */
function connected(handlers: Handlers<Sums>) {
  const { port1, port2 } = new MessageChannel();
  serve<Sums>(port2, handlers);
  return {
    client: createClient<Sums>(port1),
    [Symbol.dispose]() {
      port1.close();
      port2.close();
    },
  };
}

const never = new AbortController().signal;

const HANDLERS: Handlers<Sums> = {
  add: async ({ a, b }, { progress }) => {
    progress(a);
    return a + b;
  },
  refuse: async () => {
    throw new Refused("no sums today");
  },
  wait: (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true })),
};

describe("createClient", () => {
  it("gets the answer, and the progress before it", async () => {
    using channel = connected(HANDLERS);
    const seen: number[] = [];
    const sum = await channel.client.call("add", { a: 2, b: 3 }, { signal: never, onProgress: (at) => seen.push(at) });
    assert.equal(sum, 5);
    assert.deepEqual(seen, [2]);
  });

  it("gets failures as errors with a code, foreign ones too", async () => {
    using channel = connected(HANDLERS);
    const asked = channel.client.call("refuse", { of: 3n }, { signal: never });
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof RemoteError);
      assert.equal(error.code, "TRAIN_ENGINE_FAILED");
      assert.equal(error.message, "no sums today");
      return true;
    });
  });

  it("waits no longer once its signal fires, and tells the other side", async () => {
    const told = Promise.withResolvers<void>();
    using channel = connected({
      ...HANDLERS,
      wait: (_, { signal }) =>
        new Promise(() => signal.addEventListener("abort", () => told.resolve(), { once: true })),
    });
    const controller = new AbortController();
    const asked = channel.client.call("wait", undefined, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await assert.rejects(asked, { code: "TRAIN_ABORTED" });
    await told.promise;
  });

  it("fails whatever waits when the worker is gone, and everything after", async () => {
    using channel = connected(HANDLERS);
    const asked = channel.client.call("wait", undefined, { signal: never });
    channel.client.fail("out of memory");
    await assert.rejects(asked, { code: "TRAIN_ENGINE_LOST" });
    await assert.rejects(channel.client.call("add", { a: 1, b: 1 }, { signal: never }), { code: "TRAIN_ENGINE_LOST" });
  });
});
