/** Ids from a page's address. Pure. */

/** @returns the id that `text` spells: a whole number as contracts count; `undefined` when it is none. */
export function readId(text: string | null): bigint | undefined {
  return text !== null && /^[0-9]{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** @returns a round's or version's number; `undefined` when it is none. */
export function readNumber(text: string | null): number | undefined {
  const id = readId(text);
  return id === undefined || id > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(id);
}
