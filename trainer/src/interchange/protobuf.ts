/**
 * Writes protocol buffers: the five kinds of field that our messages need, no more. Knows no message.
 *
 * A message is kept as the list of its pieces until it is whole, so that large tensors are copied once however deep they
 * are nested.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A message being written. Fields may stand in any order and repeat. */
export class ProtoMessage {
  readonly #pieces: Uint8Array[] = [];
  #byteLength = 0;

  /** Unit: bytes. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** An `int32`, `int64` or enum: a safe integer; negative ones take ten bytes. */
  integer(field: number, value: number): this {
    return this.#append(varint(field * 8 + VARINT)).#append(varint(value));
  }

  /** A `float`. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#append(varint(field * 8 + FIXED_32)).#append(bytes);
  }

  /** A `double`. */
  double(field: number, value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.#append(varint(field * 8 + FIXED_64)).#append(bytes);
  }

  /** A `string`, written as UTF-8. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** `bytes`; must not change until {@link finish}. */
  bytes(field: number, value: Uint8Array): this {
    return this.#append(varint(field * 8 + LENGTH_DELIMITED))
      .#append(varint(value.length))
      .#append(value);
  }

  /** A nested message as it is now. */
  message(field: number, value: ProtoMessage): this {
    this.#append(varint(field * 8 + LENGTH_DELIMITED)).#append(varint(value.byteLength));
    for (const piece of value.#pieces) this.#append(piece);
    return this;
  }

  /** @returns the message's bytes, a fresh array. */
  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#byteLength);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #append(piece: Uint8Array): this {
    this.#pieces.push(piece);
    this.#byteLength += piece.length;
    return this;
  }
}

/** Seven bits a byte, low ones first; a negative number as its 64-bit two's complement. */
function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a safe integer`);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
