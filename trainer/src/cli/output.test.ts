import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Host } from "./host.ts";
import { createOutput } from "./output.ts";
import { wrap } from "./wrap.ts";

describe("createOutput", () => {
  it("erases the progress line before a view is drawn", () => {
    let screen = "";
    const stream = { isTTY: true, columns: 80, write: (text: string) => (screen += text) };
    const host = { stdout: stream, stderr: stream, env: { TERM: "xterm" } } as unknown as Host;
    const output = createOutput(host, { json: false, quiet: false, verbosity: 0, color: false });
    output.progress("asking …");
    output.redraw("view");
    assert.equal(screen, "\r\u001b[2Kasking …\r\u001b[2Kview\n");
  });
});

describe("wrap", () => {
  it("breaks at words and leaves a longer word whole", () => {
    assert.deepEqual(wrap("next: one two three", 12, "      "), ["next: one", "      two", "      three"]);
    assert.deepEqual(wrap("  a/very/long/path", 5), ["  a/very/long/path"]);
  });
});
