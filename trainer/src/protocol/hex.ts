/** Bytes as `0x…` text. Pure; the only place that converts between the two. */
import { TaggedError } from "./errors.ts";

export type Hex = `0x${string}`;

export type HexDetail =
  | { readonly code: "HEX_MALFORMED"; readonly text: string }
  | { readonly code: "HEX_LENGTH"; readonly actualBytes: number; readonly neededBytes: number };

export class HexError extends TaggedError<HexDetail> {}

/** @returns lower-case `0x` text of `bytes`, two digits a byte. */
export function toHex(bytes: Uint8Array): Hex {
  let text = "0x";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text as Hex;
}

/**
 * @returns the bytes that `text` spells, a fresh array.
 * @throws {HexError} `HEX_MALFORMED` when `text` is not `0x` and an even number of hex digits |
 *   `HEX_LENGTH` when it does not spell exactly `lengthBytes` bytes (where given)
 */
export function fromHex(text: string, lengthBytes?: number): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(text)) {
    throw new HexError({ code: "HEX_MALFORMED", text: text.slice(0, 80) }, `not hex bytes: ${text.slice(0, 80)}`);
  }
  const length = text.length / 2 - 1;
  if (lengthBytes !== undefined && length !== lengthBytes) {
    throw new HexError(
      { code: "HEX_LENGTH", actualBytes: length, neededBytes: lengthBytes },
      `expected ${lengthBytes} bytes, got ${length}`,
    );
  }
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16));
}

/** @returns the parts one after the other, a fresh array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
