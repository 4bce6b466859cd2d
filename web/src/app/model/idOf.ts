/** @returns the number that an address names; `undefined` when it names none. */
export function idOf(text: string | null): bigint | undefined {
  return text !== null && /^\d{1,78}$/.test(text) ? BigInt(text) : undefined;
}
