/** A binary32 number in as few digits as tell it from all others. Pure, and small enough for a page. */

/** @returns `0.06143129` for what is 0.061431288719177246 as a binary64 number. */
export function binary32Text(x: number): string {
  if (Object.is(x, -0)) return "-0";
  for (let digits = 1; digits <= MOST_DIGITS; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Object.is(Math.fround(short), x)) return `${short}`;
  }
  return `${x}`;
}

/** That tell any binary32 number from all others. Source: IEEE 754-2019, section 5.12.2. */
const MOST_DIGITS = 9;
