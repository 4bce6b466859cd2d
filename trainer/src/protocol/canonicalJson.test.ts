import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CanonicalJsonError, decodeCanonicalJson, encodeCanonicalJson } from "./canonicalJson.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const refuses = (code: string) => (error: unknown) => error instanceof CanonicalJsonError && error.code === code;

describe("encodeCanonicalJson", () => {
  it("prints the example of RFC 8785, section 3.2.2, as the RFC does", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    const expected =
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
    assert.equal(text(encodeCanonicalJson(value)), expected);
  });
  it("sorts keys by UTF-16 code units at every depth", () => {
    assert.equal(
      text(encodeCanonicalJson({ b: { z: 1, a: 2 }, "😀": 1, ﬀ: 2, a: 0 })),
      '{"a":0,"b":{"a":2,"z":1},"😀":1,"ﬀ":2}',
    );
  });
  it("refuses numbers that JSON cannot say and names the place", () => {
    assert.throws(
      () => encodeCanonicalJson({ a: [1, Number.NaN] }),
      (error: unknown) =>
        error instanceof CanonicalJsonError && "path" in error.detail && error.detail.path === "$.a[1]",
    );
  });
});

describe("decodeCanonicalJson", () => {
  it("gives back what was encoded", () => {
    const value = { a: [1, "x", null], b: { c: -0.5 } };
    assert.deepEqual(decodeCanonicalJson(encodeCanonicalJson(value)), value);
  });
  for (const [why, input] of [
    ["white space", '{"a": 1}'],
    ["unsorted keys", '{"b":1,"a":2}'],
    ["a key twice", '{"a":1,"a":1}'],
    ["another spelling of a number", "1.0"],
    ["a byte-order mark's worth of difference", '"\\u0041"'],
  ]) {
    it(`refuses ${why}`, () => assert.throws(() => decodeCanonicalJson(bytes(input!)), refuses("JSON_NOT_CANONICAL")));
  }
  it("refuses nesting that would exhaust the stack, however deep", () => {
    for (const depth of [66, 100_000]) {
      const nested = bytes("[".repeat(depth) + "]".repeat(depth));
      assert.throws(
        () => decodeCanonicalJson(nested),
        (error: unknown) => error instanceof CanonicalJsonError,
      );
    }
  });
  it("refuses bytes that are not UTF-8 or not JSON", () => {
    assert.throws(() => decodeCanonicalJson(Uint8Array.of(0x22, 0xff, 0x22)), refuses("JSON_MALFORMED"));
    assert.throws(() => decodeCanonicalJson(bytes("{")), refuses("JSON_MALFORMED"));
  });
});
