import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChainError } from "./chainError.ts";
import { pause, withDeadline } from "./deadline.ts";

const never = (): Promise<never> => new Promise(() => {});
const refuses = (code: string) => (error: unknown) => error instanceof ChainError && error.code === code;
const calm = new AbortController().signal;

describe("withDeadline", () => {
  it("gives what the work gives", async () => {
    assert.equal(await withDeadline(Promise.resolve(7), { signal: calm, timeoutMs: 1_000, doing: "x" }), 7);
  });
  it("passes the work's own failure on", async () => {
    const failure = new Error("own");
    const work = withDeadline(Promise.reject(failure), { signal: calm, timeoutMs: 1_000, doing: "x" });
    await assert.rejects(work, (error: unknown) => error === failure);
  });
  it("ends work that never does", async () => {
    await assert.rejects(withDeadline(never(), { signal: calm, timeoutMs: 5, doing: "x" }), refuses("CHAIN_TIMEOUT"));
  });
  it("ends at once when the signal has fired before", async () => {
    const work = withDeadline(never(), { signal: AbortSignal.abort(), timeoutMs: 60_000, doing: "x" });
    await assert.rejects(work, refuses("CHAIN_ABORTED"));
  });
  it("ends when the signal fires", async () => {
    const stop = new AbortController();
    const work = withDeadline(never(), { signal: stop.signal, timeoutMs: 60_000, doing: "x" });
    stop.abort();
    await assert.rejects(work, refuses("CHAIN_ABORTED"));
  });
});

describe("pause", () => {
  it("ends early, without an error, when the signal fires", async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await waiting;
    await pause(60_000, stop.signal);
  });
});
