import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toHex } from "../protocol/hex.ts";
import type { Architecture, Layer } from "./architecture.ts";
import {
  decodeCheckpoint,
  decodeParameters,
  encodeCheckpoint,
  encodeParameters,
  parametersByteLength,
  stateHash,
} from "./checkpoint.ts";
import type { Checkpoint } from "./executor.ts";
import { initialParameters } from "./initialParameters.ts";
import { nodeHash } from "./merkleModule.ts";
import { compile, type ProgramState } from "./program.ts";
import { createReferenceExecutor } from "./reference/referenceExecutor.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { tensorsRoot } from "./stateRoot.ts";
import type { Parameters } from "./tensor.ts";
import { ARCHITECTURES } from "./testing/architectures.ts";
import {
  assertSameBits,
  assertSameState,
  hasCode,
  perceptron,
  randomBatch,
  seedOf,
  smallProgram,
  testStream,
} from "./testing/programs.ts";

const program = smallProgram();
const parameters = initialParameters(program, seedOf(1));

function trained(): Checkpoint {
  const executor = createReferenceExecutor(program);
  executor.loadParameters(parameters);
  const { inputs, targets } = randomBatch(program, testStream("checkpoint"));
  executor.step(inputs, targets);
  return executor.checkpoint();
}

/** The parameters with the first value of one tensor replaced. */
function poisoned(value: number): Parameters {
  const { shape, data } = parameters.get("layers.3.bias")!;
  return new Map([...parameters, ["layers.3.bias", { shape, data: data.with(0, value) }]]);
}

describe("decodeParameters", () => {
  it("gives back what encodeParameters wrote", () => {
    assertSameBits(decodeParameters(encodeParameters(parameters), program), parameters, "decoded");
    assert.equal(parametersByteLength(program), encodeParameters(parameters).length);
  });

  it("refuses weights that are not finite", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      assert.throws(() => decodeParameters(encodeParameters(poisoned(value)), program), hasCode("ENGINE_NOT_FINITE"));
    }
  });

  it("refuses the parameters of another program", () => {
    const other = smallProgram(6, 0);
    assertSameBits(decodeParameters(encodeParameters(parameters), other), parameters, "same shapes");
    const fewer = new Map([...parameters].slice(1));
    assert.throws(() => decodeParameters(encodeParameters(fewer), program), hasCode("ENGINE_PARAMETERS_MISMATCH"));
  });

  it("refuses a root that is missing or another's, which would tell the chain of weights that the file has not", () => {
    const whole = encodeParameters(parameters);
    const rootless = encodeSafetensors(parameters, { schema: "cairn/parameters/v2" });
    const forged = whole.with(whole.length - 1, whole.at(-1)! ^ 1);
    for (const bytes of [rootless, forged]) {
      assert.throws(() => decodeParameters(bytes, program), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
    }
    assert.equal(toHex(whole.slice(-32)), toHex(tensorsRoot(parameters)), "the file's last bytes");
  });

  it("refuses other metadata than the one kind there is, so that no update has two byte forms", () => {
    const root = { shape: [8], data: new Float32Array(tensorsRoot(parameters).buffer) };
    const rooted = new Map([...parameters, ["~root", root]]);
    for (const metadata of [{}, { schema: "cairn/parameters/v1" }, { schema: "cairn/parameters/v2", author: "me" }]) {
      const bytes = encodeSafetensors(rooted, metadata);
      assert.throws(() => decodeParameters(bytes, program), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
    }
    assert.throws(() => decodeParameters(encodeCheckpoint(trained()), program), hasCode("ENGINE_CHECKPOINT_MALFORMED"));
  });

  it("refuses more bytes than the program's parameters can fill, before it looks at them", () => {
    assert.throws(() => decodeParameters(new Uint8Array(2_000_000), program), hasCode("ENGINE_BYTES_TOO_LARGE"));
  });
});

describe("decodeCheckpoint", () => {
  it("gives back parameters, velocity and step number", () => {
    const checkpoint = trained();
    assertSameState(decodeCheckpoint(encodeCheckpoint(checkpoint), program), checkpoint, "decoded");
  });

  it("gives back both moments of AdamW, inside residuals too", () => {
    const optimiser = { type: "adamW", learningRate: 0.01 } as const;
    const transformer = compile(ARCHITECTURES.transformer!, { batchSize: 2, optimiser });
    const executor = createReferenceExecutor(transformer);
    executor.loadParameters(initialParameters(transformer, seedOf(1)));
    const { inputs, targets } = randomBatch(transformer, testStream("moments"));
    executor.step(inputs, targets);
    const checkpoint = executor.checkpoint();
    assert.ok(checkpoint.optimiserState.has("secondMoment.layers.2.layers.1.qkv.weight"));
    assertSameState(decodeCheckpoint(encodeCheckpoint(checkpoint), transformer), checkpoint, "decoded");
  });

  it("takes a second moment that overflowed, with which training goes on, but no NaN", () => {
    const large = compile(perceptron([2], 2), { batchSize: 1, optimiser: { type: "adamW", learningRate: 0.01 } });
    const executor = createReferenceExecutor(large);
    executor.loadParameters(initialParameters(large, seedOf(1)));
    const [inputs, targets] = [Float32Array.of(1e30, -1e30), Float32Array.of(1)];
    executor.step(inputs, targets);
    executor.step(inputs, targets);
    const checkpoint = executor.checkpoint();
    const name = "secondMoment.layers.1.weight";
    const { shape, data } = checkpoint.optimiserState.get(name)!;
    assert.ok(data.includes(Infinity));
    assertSameState(decodeCheckpoint(encodeCheckpoint(checkpoint), large), checkpoint, "decoded");
    const optimiserState = new Map([...checkpoint.optimiserState, [name, { shape, data: data.with(0, Number.NaN) }]]);
    const poisonous = encodeCheckpoint({ ...checkpoint, optimiserState });
    assert.throws(() => decodeCheckpoint(poisonous, large), hasCode("ENGINE_NOT_FINITE"));
  });

  it("reads the longest header that an architecture can make: many tensors, deep inside residuals", () => {
    let layers: readonly Layer[] = Array.from({ length: 247 }, () => ({ type: "causalSelfAttention", heads: 1 }));
    for (let depth = 0; depth < 8; depth++) layers = [{ type: "residual", layers }];
    const deep: Architecture = { input: [1, 1], layers: [...layers], loss: "meanSquaredError" };
    const nested = compile(deep, { batchSize: 1, optimiser: { type: "adamW", learningRate: 0.01 } });
    const zeros = (slots: readonly ProgramState[]): Parameters =>
      new Map(slots.map(({ name, shape, value }) => [name, { shape, data: new Float32Array(value.length) }]));
    const optimiserState = zeros(nested.optimiserState);
    const checkpoint = { step: 1, parameters: zeros(nested.parameters), optimiserState };
    assertSameState(decodeCheckpoint(encodeCheckpoint(checkpoint), nested), checkpoint, "decoded");
  });

  it("refuses a step that is not a number written the one way", () => {
    const { parameters: weights, optimiserState } = trained();
    for (const step of ["01", "-1", "1.0", "", "x", "9007199254740993"]) {
      const bytes = encodeSafetensors(new Map([...weights, ...optimiserState]), {
        schema: "cairn/checkpoint/v1",
        step,
      });
      assert.throws(() => decodeCheckpoint(bytes, program), hasCode("ENGINE_CHECKPOINT_MALFORMED"), `step "${step}"`);
    }
  });
});

describe("stateHash", () => {
  it("is the root of parameters and optimiser state, and moves with every part of either", () => {
    const checkpoint = trained();
    const { parameters: weights, optimiserState } = checkpoint;
    const hash = stateHash(checkpoint);
    assert.equal(hash, toHex(nodeHash(tensorsRoot(weights), tensorsRoot(optimiserState))));
    assert.notEqual(stateHash({ ...checkpoint, parameters: poisoned(0) }), hash);
    const still = new Map(
      [...optimiserState].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 0) }]),
    );
    assert.notEqual(stateHash({ ...checkpoint, optimiserState: still }), hash);
  });
});
