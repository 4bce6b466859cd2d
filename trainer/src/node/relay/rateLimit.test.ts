import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRateLimit } from "./rateLimit.ts";

const OPTIONS = { capacity: 4, perSecond: 2, maxRemotes: 3 } as const;

describe("createRateLimit", () => {
  it("lets a full bucket's tokens through at once, then says how long the next take", () => {
    const limit = createRateLimit(OPTIONS);
    assert.deepEqual([limit.take("1.1.1.1", 3, 0), limit.take("1.1.1.1", 1, 0)], [0, 0]);
    assert.equal(limit.take("1.1.1.1", 3, 0), 1.5); // 3 tokens at 2 a second
    assert.equal(limit.take("1.1.1.1", 3, 1_500), 0);
    assert.equal(limit.take("1.1.1.1", 4, 60_000), 0, "it never holds more than its capacity");
    assert.equal(limit.take("1.1.1.1", 1, 60_000), 0.5);
  });

  it("counts each address alone, and the addresses of one household of IPv6 together", () => {
    const limit = createRateLimit(OPTIONS);
    assert.equal(limit.take("1.1.1.1", 4, 0), 0);
    assert.equal(limit.take("::ffff:1.1.1.1", 1, 0), 0.5, "the same, written as IPv6");
    assert.equal(limit.take("2001:db8::1", 4, 0), 0);
    assert.equal(limit.take("2001:db8:0:0:5::7", 1, 0), 0.5);
    assert.equal(limit.take("2001:db8:0:1::1", 1, 0), 0);
  });

  it("remembers a limited number of addresses", () => {
    const limit = createRateLimit(OPTIONS);
    for (const remote of ["a", "b", "c", "d"]) assert.equal(limit.take(remote, 4, 0), 0);
    assert.equal(limit.take("d", 1, 0), 0.5, "the last is known");
    assert.equal(limit.take("a", 4, 0), 0, "the first was forgotten");
  });
});
