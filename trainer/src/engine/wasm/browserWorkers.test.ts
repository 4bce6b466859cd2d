import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { browserThreads, serveWorker } from "./browserWorkers.ts";

const ISOLATED = { crossOriginIsolated: true, navigator: { hardwareConcurrency: 8 } };
const noWorker = (): Worker => assert.fail("no worker is needed");

describe("browserThreads", () => {
  it("gives as many threads as the machine has, and spins instead of blocking on a page's main thread", () => {
    const { options, notice } = browserThreads({ ...ISOLATED, document: {} }, noWorker);
    assert.deepEqual([options.threads, options.maySleep, notice], [8, false, undefined]);
    assert.equal(browserThreads(ISOLATED, noWorker).options.maySleep, true, "in a worker");
  });

  it("gives one thread and a notice where memory may not be shared", () => {
    const { options, notice } = browserThreads({ ...ISOLATED, crossOriginIsolated: false }, noWorker, 4);
    assert.deepEqual([options.threads, options.spawn], [1, undefined]);
    assert.deepEqual(notice, { code: "ENGINE_THREADS_UNAVAILABLE", wanted: 4 });
  });

  it("has nothing to note when one thread is wanted", () => {
    assert.equal(browserThreads({ ...ISOLATED, crossOriginIsolated: false }, noWorker, 1).notice, undefined);
  });

  it("hands a worker its task, and fails when its script does not load", async () => {
    const posted: unknown[] = [];
    const worker = { postMessage: (task: unknown) => posted.push(task), terminate() {} } as unknown as Worker;
    const spawn = browserThreads(ISOLATED, () => worker).options.spawn!;
    const task = { thread: 1 } as never;
    const { ready } = spawn(task);
    assert.deepEqual(posted, [task]);
    worker.onerror!({ message: "404" } as ErrorEvent);
    await assert.rejects(ready, /404/);
  });
});

describe("serveWorker", () => {
  it("waits for a task", () => {
    const scope: Parameters<typeof serveWorker>[0] = { onmessage: null, postMessage() {} };
    serveWorker(scope);
    assert.equal(typeof scope.onmessage, "function");
  });
});
