/** One update in every codec, for the vectors: the bytes, and what they decode to. */
import { createRandomStream } from "../../trainer/src/engine/philox.ts";
import { compress, decompress } from "../../trainer/src/learning/compression/compress.ts";
import { compressionChoice, parseCompression } from "../../trainer/src/learning/compression/compression.ts";
import { CODECS } from "../../trainer/src/learning/compression/format.ts";
import { toHex } from "../../trainer/src/protocol/hex.ts";
import { words } from "./words.ts";

/** Two blocks of the cosine transform and a part of a third. */
const SIZE = 150;
/** Of a short chunk: some tenth of the values. */
const KEPT = { topK: 400, ternary: 6_000, dct: 6_000 } as const;

/** Values of many sizes; two of the same size, of which the first is kept first, a zero and a negative one. */
export function compressionVectors(seed: Uint8Array): object {
  const stream = createRandomStream(seed, "vector/compression");
  const update = Float32Array.from({ length: SIZE }, (_, i) => cube(2 * stream.nextFloat() - 1) * 4 ** (i % 3));
  update.set([0.75, -0.75, 0, -0], 40);
  const codecs = CODECS.map((name) => {
    const k = name in KEPT ? { k: KEPT[name as keyof typeof KEPT] } : {};
    const compression = parseCompression({ codec: name, ...k });
    const bytes = compress(compression.codec, update, createRandomStream(seed, "compression"));
    const { errorFeedback: _, ...choice } = compressionChoice(compression);
    return { ...choice, bytes: toHex(bytes), decoded: words(decompress(bytes, SIZE)) };
  });
  return { seed: toHex(seed), stream: "compression", update: words(update), codecs };
}

/** `**` has no fixed bits. */
function cube(x: number): number {
  return x * x * x;
}
