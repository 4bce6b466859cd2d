/** Preloaded (`node --import`) into the node under test: a machine whose clock is wrong by the milliseconds of a variable. */

export const CLOCK_FAULT_VARIABLE = "CAIRN_CHAOS_CLOCK_MS";

const skewMs = Number(process.env[CLOCK_FAULT_VARIABLE] ?? 0);
if (skewMs !== 0) skewClock(skewMs);

function skewClock(ms: number): void {
  const Right = Date;
  globalThis.Date = class extends Right {
    constructor(...given: [] | [number]) {
      if (given.length === 0) super(Right.now() + ms);
      else super(...given);
    }

    static override now(): number {
      return Right.now() + ms;
    }
  } as DateConstructor;
}
