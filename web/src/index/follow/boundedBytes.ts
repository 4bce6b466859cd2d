/** Reads an HTTP answer, but never more of it than agreed: the length that a server announces is only its word. */

export class TooManyBytes extends Error {
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`);
    this.name = "TooManyBytes";
  }
}

/** @throws {TooManyBytes} as soon as the limit is passed; the rest is not read. */
export async function boundedBytes(answer: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel().catch(() => {}); // the connection may be gone already
      throw new TooManyBytes(maxBytes);
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
