/**
 * An update that nobody computed, for the demonstration's liar and for tests. Local chain only (see `node.ts`).
 *
 * It looks like one: right shapes, right names, weights near the base. Only a replay can tell.
 */
import { randomBytes } from "node:crypto";
import { encodeUpdate, type UpdateTerms } from "../learning/compression/updateFile.ts";
import { type Hex, toHex } from "../protocol/hex.ts";

export interface ForgedUpdate {
  readonly bytes: Uint8Array;
  readonly traceRoot: Hex;
}

/** Half-width of the noise on each weight: about what a round of training moves it. */
const NOISE = 0.02;

export function forgeUpdate(terms: UpdateTerms): ForgedUpdate {
  const forged = new Map(
    [...terms.base].map(([name, { shape, data }]) => {
      const noise = randomBytes(data.length);
      return [name, { shape, data: data.map((weight, i) => weight + (NOISE * (noise[i]! - 127.5)) / 127.5) }];
    }),
  );
  return { bytes: encodeUpdate(forged, terms).bytes, traceRoot: toHex(randomBytes(32)) };
}
