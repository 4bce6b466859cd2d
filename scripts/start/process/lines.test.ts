import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLineReader } from "./lines.ts";

function linesOf(...chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const read = createLineReader((line) => lines.push(line));
  for (const chunk of chunks) read(chunk);
  return lines;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("createLineReader", () => {
  it("gives whole lines when a chunk ends in the middle of one", () => {
    assert.deepEqual(linesOf(bytes("a\nb"), bytes("c\n\nd")), ["a", "bc", ""]);
  });

  it("keeps a character whole when its bytes come in two chunks", () => {
    const tick = bytes("✔\r\n");
    assert.deepEqual(linesOf(tick.slice(0, 1), tick.slice(1)), ["✔"]);
  });

  it("cuts a line when it never seems to end", () => {
    const [line] = linesOf(bytes("x".repeat(70_000)), bytes("x".repeat(70_000)), bytes("\n"));
    assert.equal(line?.length, 65_536);
  });
});
