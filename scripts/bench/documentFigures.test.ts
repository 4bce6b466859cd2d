/** Tests of the places in a document that commands fill. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { replaceFigures } from "./documentFigures.ts";

describe("replaceFigures", () => {
  const document = "a\n<!-- figures of npm run x -->\n\nold\n\n<!-- end of x -->\nz\n";

  it("keeps what stands around the figures", () => {
    const once = replaceFigures(document, "x", "new");
    assert.equal(once, document.replace("old", "new"));
    assert.equal(replaceFigures(once, "x", "new"), once);
  });

  it("refuses a document that has no place for them", () => {
    assert.throws(() => replaceFigures(document, "y", "new"), /no place/);
  });
});
