import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { atOnce } from "./atOnce.ts";

describe("atOnce", () => {
  it("does all, in order, and never more at a time than it may", async () => {
    const begun: number[] = [];
    let atWork = 0;
    let most = 0;
    await atOnce([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      most = Math.max(most, ++atWork);
      await Promise.resolve();
      atWork--;
    });
    assert.deepEqual(begun, [1, 2, 3, 4, 5]);
    assert.equal(most, 2);
  });
  it("begins nothing more once one has failed, and throws what that one threw", async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new RangeError("two");
    };
    await assert.rejects(atOnce([1, 2, 3, 4, 5, 6], 2, work), RangeError);
    assert.ok(begun.length < 5, `began ${begun}`);
  });
  it("does nothing where there is nothing", async () => {
    await atOnce([], 3, async () => assert.fail("never"));
  });
});
