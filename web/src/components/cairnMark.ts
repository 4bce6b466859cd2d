/** A little pile of stones for an address: the same address always gives the same pile. Pure. */

export interface Stone {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Unit: degrees of hue. */
  readonly hue: number;
}

const BOX = 24;

/**
 * Three stones in a 24 × 24 box, each no wider than the one below it, standing on its ground.
 *
 * @param address hexadecimal; its digits decide widths, shifts and hues. Not a proof of anything: two may look alike.
 */
export function cairnMark(address: string): readonly Stone[] {
  const digits = address.toLowerCase().replace(/^0x/, "").padEnd(16, "0");
  const at = (index: number): number => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16) || 0;
  const stones: Stone[] = [];
  let width = 18 + (at(0) % 4);
  let ground = BOX - 1;
  for (let i = 0; i < 3; i++) {
    const height = 5 + (at(i * 2 + 1) % 3);
    const shift = (at(i * 2 + 2) % 5) - 2;
    const x = Math.min(BOX - width - 1, Math.max(1, (BOX - width) / 2 + (i === 0 ? 0 : shift)));
    stones.push({ x, y: ground - height, width, height, hue: Math.round(((at(i) * 256 + at(i + 3)) / 65_535) * 360) });
    ground -= height + 0.6;
    width = Math.max(6, width - 4 - (at(i + 5) % 4));
  }
  return stones;
}
