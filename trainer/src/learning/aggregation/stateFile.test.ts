import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeVersion, encodeParameters, encodeVersion } from "../../engine/checkpoint.ts";
import { initialParameters } from "../../engine/initialParameters.ts";
import { encodeSafetensors } from "../../engine/safetensors.ts";
import { assertSameBits, hasCode, seedOf, smallProgram, testStream } from "../../engine/testing/programs.ts";
import { layoutOf } from "./layout.ts";
import type { AggregationState } from "./round.ts";
import { decodeState, encodeState } from "./stateFile.ts";
import { addressOf } from "./testing/rounds.ts";

const PROGRAM = smallProgram();
const PARAMETERS = initialParameters(PROGRAM, seedOf(1));
const { size } = layoutOf(PARAMETERS);
const STATE: AggregationState = new Map([
  ["centre", { shape: [size], data: new Float32Array(size).fill(0.5) }],
  ["medianNorms", { shape: [2], data: Float32Array.of(1, 2) }],
  [`momentum.${addressOf(3)}`, { shape: [size], data: new Float32Array(size).fill(-1) }],
]);
const REF = { digest: `0x${"ab".repeat(32)}`, byteLength: 1_234 } as const;

describe("decodeState", () => {
  it("gives back what encodeState wrote", () => {
    assertSameBits(decodeState(encodeState(STATE), PARAMETERS), STATE, "state");
    assert.equal(decodeState(encodeState(new Map()), PARAMETERS).size, 0);
  });

  it("gives a value or a coded error for any bytes", () => {
    const bytes = encodeState(STATE);
    const stream = testStream("state bytes");
    let refused = 0;
    for (let trial = 0; trial < 400; trial++) {
      const wrong = trial % 3 === 0 ? bytes.slice(0, stream.nextBelow(bytes.length)) : bytes.slice();
      if (trial % 3 !== 0)
        for (let flip = 0; flip < 3; flip++) wrong[stream.nextBelow(600)]! ^= 1 << stream.nextBelow(8);
      try {
        decodeState(wrong, PARAMETERS);
      } catch (error) {
        refused++;
        assert.match(String((error as { readonly code?: unknown }).code), /^ENGINE_/);
      }
    }
    assert.ok(refused > 200, `${refused} of 400 were refused`);
  });

  it("refuses other files, and one longer than all trainers' state can be", () => {
    assert.throws(() => decodeState(encodeParameters(PARAMETERS), PARAMETERS), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
    const huge = new Map([["centre", { shape: [2_000_000], data: new Float32Array(2_000_000) }]]);
    assert.throws(() => decodeState(encodeState(huge), PARAMETERS), hasCode("ENGINE_BYTES_TOO_LARGE"));
  });
});

describe("decodeVersion", () => {
  it("gives back weights and the state's reference, and reads versions without one", () => {
    const version = decodeVersion(encodeVersion({ parameters: PARAMETERS, state: REF }), PROGRAM);
    assertSameBits(version.parameters, PARAMETERS, "weights");
    assert.deepEqual(version.state, REF);
    const plain = encodeVersion({ parameters: PARAMETERS });
    assert.deepEqual(plain, encodeParameters(PARAMETERS), "as before there were states");
    assert.equal(decodeVersion(plain, PROGRAM).state, undefined);
  });

  it("refuses a reference that is none", () => {
    const whole = { schema: "cairn/parameters/v2", state: REF.digest, stateBytes: "1234" };
    const changes = [
      { state: REF.digest.toUpperCase() },
      { stateBytes: "01234" },
      { stateBytes: "0" },
      { stateBytes: "" },
      { more: "x" },
      { schema: "cairn/parameters/v2" },
    ];
    for (const change of changes) {
      const bytes = encodeSafetensors(PARAMETERS, { ...whole, ...change });
      assert.throws(
        () => decodeVersion(bytes, PROGRAM),
        hasCode("ENGINE_CHECKPOINT_MALFORMED"),
        JSON.stringify(change),
      );
    }
    const half = encodeSafetensors(PARAMETERS, { schema: whole.schema, stateBytes: "1234" });
    assert.throws(() => decodeVersion(half, PROGRAM), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
  });
});
