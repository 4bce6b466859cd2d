import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openScreen } from "./screen.ts";

describe("openScreen", () => {
  it("draws a frame in one write that clears what it does not cover", () => {
    const written: string[] = [];
    const screen = openScreen({ write: (text: string) => written.push(text) });
    screen.draw(["one", "two"]);
    assert.equal(written.length, 2, "entering, then one frame");
    assert.equal(written[1], "\u001b[?2026h\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[?2026l");
  });

  it("gives the terminal back once and draws nothing afterwards", () => {
    const written: string[] = [];
    const screen = openScreen({ write: (text: string) => written.push(text) });
    screen.close();
    screen.close();
    screen.draw(["late"]);
    assert.deepEqual(written.slice(1), ["\u001b[?25h\u001b[?1049l"]);
  });
});
