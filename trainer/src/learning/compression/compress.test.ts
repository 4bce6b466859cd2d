import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandomStream } from "../../engine/philox.ts";
import { LearningError } from "../errors.ts";
import { compress, compressWithFeedback, decompress } from "./compress.ts";
import { type Codec, compressedBytes } from "./format.ts";

const SEED = new Uint8Array(32).fill(7);
const SIZE = 4096 + 1001; // a full chunk, and one whose length is odd
const CODECS: readonly Codec[] = [
  { kind: "none" },
  { kind: "int8" },
  { kind: "int4" },
  { kind: "sign" },
  { kind: "topK", k: 64 },
  { kind: "ternary", k: 2_048 },
  { kind: "ternary", k: 65_535 },
  { kind: "dct", k: 2_048 },
];
const stream = (name: string) => createRandomStream(SEED, name);
const drawn = stream("update");
const update = Float32Array.from({ length: SIZE }, () => (drawn.nextFloat() - 0.5) ** 3);
const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe("compress", () => {
  for (const codec of CODECS) {
    it(`gives ${codec.kind} the declared length, the same bytes twice, and values that decode`, () => {
      const bytes = compress(codec, update, stream("a"));
      assert.equal(bytes.length, compressedBytes(codec, SIZE));
      assert.deepEqual(compress(codec, update, stream("a")), bytes);
      assert.equal(decompress(bytes, SIZE).length, SIZE);
    });
  }

  it("loses nothing with none, and at most a step with integers", () => {
    assert.deepEqual(decompress(compress({ kind: "none" }, update, stream("a")), SIZE), update);
    for (const [kind, levels] of [
      ["int8", 127],
      ["int4", 7],
    ] as const) {
      const decoded = decompress(compress({ kind }, update, stream("a")), SIZE);
      const step = largest(update) / levels;
      assert.ok(largest(update.map((value, i) => value - decoded[i]!)) <= step * 1.0001);
    }
  });

  it("keeps the largest values of a chunk, the lower index of equal ones", () => {
    const flat = new Float32Array(4096).fill(-2);
    flat[4000] = 6;
    const decoded = decompress(compress({ kind: "topK", k: 3 }, flat, stream("a")), 4096);
    assert.deepEqual(
      [...decoded.entries()].filter(([, value]) => value !== 0),
      [
        [0, -2],
        [1, -2],
        [4000, 6],
      ],
    );
  });

  it("writes sparse ternary values as worked by hand", () => {
    const codec: Codec = { kind: "ternary", k: 16_384 }; // a quarter: 2 of 8
    const bytes = compress(codec, Float32Array.of(0, 0, -3, 0, 0.5, 1, 0, 0), stream("a"));
    // Scale (3 + 1) / 2. Signs 1 0; low pairs of 2 and 5, least significant first: 01 10; high parts 0 and 1 in unary: 1 01.
    assert.deepEqual([...bytes.subarray(12)], [0, 0, 0, 0x40, 0b01011001, 0b1]);
    assert.deepEqual([...decompress(bytes, 8)], [0, 0, -2, 0, 0, 2, 0, 0]);
  });

  it("spends less than two thirds of the bytes of topK on as many values", () => {
    const [sparse, topK] = [
      compressedBytes({ kind: "ternary", k: 1_024 }, 1e6),
      compressedBytes({ kind: "topK", k: 64 }, 1e6),
    ];
    assert.ok(sparse < 0.65 * topK, `${sparse} bytes, topK ${topK}`);
  });

  it("sends a slow wave in a few coefficients", () => {
    const wave = Float32Array.from({ length: 4_096 }, (_, i) => 1 + Math.sin(i / 1_000));
    const distance = (codec: Codec): number => {
      const decoded = decompress(compress(codec, wave, stream("a")), wave.length);
      return wave.reduce((sum, value, i) => sum + (value - decoded[i]!) ** 2, 0);
    };
    assert.ok(distance({ kind: "dct", k: 1_024 }) < 0.2 * distance({ kind: "ternary", k: 1_024 }));
  });

  it("refuses what is not finite", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => compress({ kind: "sign" }, Float32Array.of(1, bad), stream("a")), LearningError);
    }
    const huge = new Float32Array(8).fill(3e38);
    assert.throws(() => compress({ kind: "sign" }, huge, stream("a")), LearningError);
  });

  it("gives of values as large as there are bytes that decode, or refuses them", () => {
    for (const codec of CODECS) {
      for (const value of [3.4028234e38, 3.4e38, 2e38, 3e37]) {
        const lone = Float32Array.from({ length: 130 }, (_, i) => (i === 5 ? -value : 0));
        let bytes: Uint8Array;
        try {
          bytes = compress(codec, lone, stream("a"));
        } catch (error) {
          assert.ok(
            error instanceof LearningError && error.code === "LEARNING_NOT_FINITE",
            `${codec.kind} of ${value}`,
          );
          continue;
        }
        assert.ok(decompress(bytes, lone.length).every(Number.isFinite));
      }
    }
  });
});

describe("compressWithFeedback", () => {
  it("sends in later rounds what a round lost", () => {
    const codec: Codec = { kind: "topK", k: 64 };
    const rounds = 200;
    const total = new Float32Array(SIZE);
    let residual: Float32Array = new Float32Array(SIZE);
    for (let round = 0; round < rounds; round++) {
      const sent = compressWithFeedback({ codec, residual }, update, stream(`${round}`));
      residual = sent.residual;
      decompress(sent.bytes, SIZE).forEach((value, i) => {
        total[i]! += value;
      });
    }
    const owed = largest(total.map((value, i) => rounds * update[i]! - value - residual[i]!));
    assert.ok(owed < 1e-3 * rounds * largest(update), `what was sent and what is kept differ by ${owed}`);
  });
});

describe("decompress", () => {
  it("gives finite values or a coded error for flipped, cut, padded and random bytes", () => {
    const chance = stream("fuzz");
    let refused = 0;
    const attempt = (bytes: Uint8Array): void => {
      try {
        assert.ok(decompress(bytes, SIZE).every(Number.isFinite));
      } catch (error) {
        if (!(error instanceof LearningError)) throw error;
        assert.equal(error.detail.code, "LEARNING_COMPRESSED_MALFORMED");
        refused++;
      }
    };
    for (const codec of CODECS) {
      const bytes = compress(codec, update, stream("a"));
      for (let trial = 0; trial < 100; trial++) {
        const flipped = bytes.slice();
        const at = chance.nextBelow(trial % 2 === 0 ? 16 : bytes.length);
        flipped[at]! ^= 1 << chance.nextBelow(8);
        attempt(flipped);
        attempt(Uint8Array.from({ length: chance.nextBelow(200) }, () => chance.nextBelow(256)));
        const body = bytes.slice(); // a header that is right, and anything after it
        for (let i = 12; i < body.length; i++) body[i] = chance.nextBelow(256);
        if (trial < 5) attempt(body);
      }
      assert.throws(() => decompress(bytes.subarray(0, chance.nextBelow(bytes.length)), SIZE), LearningError);
      assert.throws(() => decompress(Uint8Array.of(...bytes, 0), SIZE), LearningError);
      assert.throws(() => decompress(bytes, SIZE + 1), LearningError, "another program's size");
    }
    assert.ok(refused > 100);
  });
});
