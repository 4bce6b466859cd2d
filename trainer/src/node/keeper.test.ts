import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keeperDelayMs } from "./keeper.ts";

const NODES = Array.from({ length: 64 }, (_, i) => `0x${(i + 1).toString(16).padStart(40, "0")}` as const);

describe("keeperDelayMs", () => {
  it("is the same for the same node and duty, however the address is spelt", () => {
    const address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    assert.equal(keeperDelayMs(address, "1/2/Draw", 10), keeperDelayMs(address.toLowerCase() as never, "1/2/Draw", 10));
  });
  it("spreads nodes over all eight places, in another order for every duty", () => {
    const orders = ["1/1/Draw", "1/2/Draw"].map((duty) => NODES.map((node) => keeperDelayMs(node, duty, 10)));
    for (const order of orders)
      assert.deepEqual(
        [...new Set(order)].sort((a, b) => a - b),
        [0, 10, 20, 30, 40, 50, 60, 70],
      );
    assert.notDeepEqual(orders[0], orders[1]);
  });
});
