/** A number and its noun, for messages: `1 class`, `2 classes`. Pure. */

/** @param noun in the singular, one whose plural ends in s or es. */
export function counted(count: number, noun: string): string {
  const plural = /(?:s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count} ${count === 1 ? noun : plural}`;
}
